/**
 * A Kubernetes API server for tests: the conversation that was recorded with a real one (version 1.34.2), or a real one when
 * `TENON_KUBERNETES` is its address (then `TENON_KUBERNETES_TOKEN` is a token of an administrator, and what is said is recorded anew;
 * NODE_EXTRA_CA_CERTS names its certificate). A call that was not recorded is answered 501, so a changed driver fails until it is recorded.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readFileSync, writeFileSync } from 'node:fs'
import * as z from 'zod'
import type { WriteFault } from './conformance.ts'

const exchange = z.object({
  call: z.string(),
  status: z.number(),
  answer: z.string(),
  retryAfter: z.string().nullable(),
})
type Exchange = z.infer<typeof exchange>
const recording = z.record(z.string(), z.array(exchange))

export interface KubernetesServer {
  address: string
  writes(): number
  fail(fault: WriteFault): void
  /** A call of somebody else, past what counts and fails. */
  admin(method: string, path: string, body?: unknown, contentType?: string): Promise<unknown>
  close(): Promise<void>
}

/** @param of.part which part of the recording at `of.file`: each test has its own. */
export async function startKubernetesServer(of: { file: URL; part: string }): Promise<KubernetesServer> {
  const real = process.env['TENON_KUBERNETES']
  const recorded = recording.parse(JSON.parse(readText(of.file)))
  const left: Exchange[] = real === undefined ? [...(recorded[of.part] ?? [])] : []
  const said: Exchange[] = []
  const planned: WriteFault[] = []
  let writes = 0

  async function ask(method: string, path: string, body: string, contentType: string): Promise<Exchange> {
    const call = [method, path, contentType, body].filter((text) => text !== '').join(' ')
    if (real === undefined) {
      const index = left.findIndex((one) => one.call === call)
      const [found] = index < 0 ? [] : left.splice(index, 1)
      return found ?? { call, status: 501, answer: `not recorded: ${call}`, retryAfter: null }
    }
    const response = await fetch(`${real}/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${process.env['TENON_KUBERNETES_TOKEN'] ?? ''}`,
        ...(body === '' ? {} : { 'content-type': contentType }),
      },
      ...(body === '' ? {} : { body }),
    })
    const answer = withoutManagers(await response.text())
    const one = { call, status: response.status, answer, retryAfter: response.headers.get('retry-after') }
    said.push(one)
    return one
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = ''
    for await (const chunk of request) body += String(chunk)
    const method = request.method ?? 'GET'
    const isWrite = method !== 'GET'
    if (isWrite) writes += 1
    const fault = isWrite ? planned.shift() : undefined
    if (fault === 'slow') return
    if (fault === 'lie') {
      response.end('{}')
      return
    }
    const one = await ask(method, (request.url ?? '').slice(1), body, request.headers['content-type'] ?? '')
    if (fault === 'lost-answer') {
      request.socket.destroy()
      return
    }
    response.writeHead(one.status, one.retryAfter === null ? {} : { 'retry-after': one.retryAfter }).end(one.answer)
  }

  const server = createServer((request, response) => {
    serve(request, response).catch(() => request.socket.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    address: `http://127.0.0.1:${port}`,
    writes: () => writes,
    fail: (fault) => void planned.push(fault),
    async admin(method, path, body, contentType = 'application/json') {
      const text = body === undefined ? '' : JSON.stringify(body)
      const { status, answer, call } = await ask(method, path, text, text === '' ? '' : contentType)
      if (status >= 400) throw new Error(`${status} ${call}: ${answer}`)
      return JSON.parse(answer)
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      if (real === undefined) return
      const all = recording.parse(JSON.parse(readText(of.file)))
      writeFileSync(of.file, `${JSON.stringify({ ...all, [of.part]: said }, null, 1)}\n`)
    },
  }
}

function readText(file: URL): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return '{}'
  }
}

/** Who owns which field is the largest part of an answer, and no driver reads it. */
function withoutManagers(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text, (key, value: unknown) => (key === 'managedFields' ? undefined : value)))
  } catch {
    return text
  }
}
