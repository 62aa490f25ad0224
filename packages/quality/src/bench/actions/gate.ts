/** A gate before the targets: calls that change something can be held in it, before or after they take effect, so that their caller dies without an answer. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import * as z from 'zod'

/** `before`: the call reached the target's door and never took effect. `after`: it took effect, and its answer is never sent. */
export type Moment = 'before' | 'after'

export interface HeldCall {
  actionId: string
  target: string
  moment: Moment
}

export interface Holding {
  /** Calls that wait now; one whose caller gave up is not in it. */
  held(): HeldCall[]
  /** Hangs up on whoever still waits; later calls pass. */
  end(): void
}

export interface Gate {
  address: string
  /** From now on the next change of each target is held. */
  hold(momentOf: (target: string) => Moment): Holding
  close(): Promise<void>
}

/** @param upstream address of the targets: /<gateway>/backends/<target>/... */
export async function startGate(upstream: string): Promise<Gate> {
  let momentOf: ((target: string) => Moment) | null = null
  const waiting = new Map<ServerResponse, HeldCall>()

  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await textOf(incoming)
    const { method = 'GET', url = '/', headers } = incoming
    const changes = method !== 'GET'
    const [, , , target = ''] = url.split('/')
    const moment = changes && momentOf ? momentOf(target) : null
    const wait = (at: Moment): void => {
      const key = String(headers['idempotency-key'] ?? '')
      waiting.set(response, { actionId: key.slice(0, key.indexOf('/')), target, moment: at })
      response.once('close', () => waiting.delete(response))
    }
    if (moment === 'before') return wait(moment)
    const answer = await fetch(`${upstream}${url}`, {
      method,
      headers: Object.fromEntries(passed.flatMap((name) => (headers[name] ? [[name, String(headers[name])]] : []))),
      ...(changes ? { body } : {}),
    })
    const text = await answer.text()
    if (moment === 'after') return wait(moment)
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(text)
  }

  const server = createServer((incoming, response) => {
    serve(incoming, response).catch(() => response.destroy())
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = z.object({ port: z.number() }).parse(server.address())
  return {
    address: `http://127.0.0.1:${port}`,
    hold(of) {
      momentOf = of
      return {
        held: () => [...waiting.values()],
        end() {
          momentOf = null
          for (const response of waiting.keys()) response.destroy()
        },
      }
    },
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

const passed = ['content-type', 'idempotency-key', 'fencing-token', 'fencing-scope', 'if-match'] as const

async function textOf(incoming: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of incoming) text += String(chunk)
  return text
}
