import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { ActionError } from '../action-error.ts'
import { createHttpCaller, type HttpCaller, type HttpSystem } from './http-call.ts'

const secret = 'tok-3f8a'
const opened: { close(): void }[] = []
afterEach(() => {
  for (const one of opened.splice(0)) one.close()
})

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  opened.push({
    close() {
      server.closeAllConnections()
      server.close()
    },
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const callerAt = (address: string, more: Partial<HttpSystem> = {}): HttpCaller =>
  createHttpCaller({
    name: 'The edge',
    address,
    secret,
    timeoutMs: 5000,
    largestMiB: 1,
    fix: { away: 'start it', strange: 'look at the address' },
    ...more,
  })

/** All that an error says to people and to logs. */
function allOf(error: unknown): string {
  const parts: string[] = []
  for (let each = error; each instanceof Error; each = each.cause)
    parts.push(each.message, String(each.stack), each instanceof ActionError ? each.fix : '')
  return parts.join('\n')
}

async function failureOf(calling: Promise<unknown>): Promise<ActionError> {
  const error = await calling.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof ActionError)) throw new Error(`no ActionError: ${String(error)}`)
  return error
}

describe('a call', () => {
  it('brings method, path, body and token, and gives the answer', async () => {
    const got: { request: IncomingMessage; body: string }[] = []
    const address = await serve((request, response) => {
      let body = ''
      request.on('data', (chunk: Buffer) => (body += chunk.toString()))
      request.on('end', () => {
        got.push({ request, body })
        response.writeHead(503, { 'retry-after': '3' }).end('{"value":7}')
      })
    })
    const http = callerAt(`${address}/api/`)
    const headers = { 'content-type': 'application/json' }
    const answer = await http.call({ method: 'PUT', path: 'features/search', headers, body: '{"on":true}' })
    expect(answer).toMatchObject({ call: 'PUT /features/search', status: 503, ok: false, retryAfter: '3' })
    expect(http.read(answer, z.object({ value: z.number() }))).toEqual({ value: 7 })
    expect(got[0]).toMatchObject({ body: '{"on":true}', request: { method: 'PUT', url: '/api/features/search' } })
    expect(got[0]?.request.headers).toMatchObject({ ...headers, authorization: `Bearer ${secret}` })
  })

  it('sends user:password as such only where the system takes it', async () => {
    const seen: (string | undefined)[] = []
    const address = await serve(({ headers }, response) => {
      seen.push(headers.authorization)
      response.end()
    })
    for (const basic of [true, false])
      await callerAt(address, { secret: 'ann:pass', basic }).call({ method: 'GET', path: '' })
    await callerAt(address, { secret: null }).call({ method: 'GET', path: '' })
    expect(seen).toEqual([`Basic ${Buffer.from('ann:pass').toString('base64')}`, 'Bearer ann:pass', undefined])
  })
})

describe('a call that fails', () => {
  it('was not sent when nobody listens', async () => {
    const address = await serve(() => undefined)
    opened.splice(0)[0]?.close()
    const error = await failureOf(callerAt(address).call({ method: 'PUT', path: 'x' }))
    expect(error).toMatchObject({ code: 'target-unreachable', retryable: true, fix: 'start it' })
    expect(error.message).toMatch(/cannot be reached \(ECONNREFUSED\), so PUT \/x was not sent\.$/)
  })

  it('was maybe sent when no answer comes in time, or the connection ends before it', async () => {
    const silent = await serve(() => undefined)
    const late = await failureOf(callerAt(silent, { timeoutMs: 50 }).call({ method: 'PUT', path: 'x' }))
    expect(late).toMatchObject({ code: 'target-unreachable' })
    expect(late.message).toMatch(/did not answer PUT \/x within 0\.05 s\.$/)
    const broken = await serve((request) => void request.socket.destroy())
    const cut = await failureOf(callerAt(broken).call({ method: 'PUT', path: 'x' }))
    expect(cut).toMatchObject({ code: 'target-unreachable' })
    expect(cut.message).toMatch(/broke off before it had answered PUT \/x/)
  })

  it('was maybe sent when its answer ends in the middle', async () => {
    const address = await serve((_, response) => {
      response.writeHead(200, { 'content-length': 100 })
      response.write('{"va', () => response.destroy())
    })
    const error = await failureOf(callerAt(address).call({ method: 'PUT', path: 'x' }))
    expect(error).toMatchObject({ code: 'target-unreachable' })
  })

  it('says that the step was cancelled', async () => {
    const cancel = new AbortController()
    const address = await serve(() => cancel.abort())
    const error = await failureOf(callerAt(address).call({ method: 'PUT', path: 'x', signal: cancel.signal }))
    expect(error).toMatchObject({ code: 'target-unreachable' })
    expect(error.message).toMatch(/was not waited for: the step was cancelled/)
  })

  it('does not take more than it asked for, nor what is something else', async () => {
    // And it never ends.
    const endless = await serve((_, response) => void response.write('x'.repeat(1024 * 1024 + 1)))
    const long = await failureOf(callerAt(endless).call({ method: 'GET', path: 'x' }))
    expect(long).toMatchObject({ code: 'bad-answer', fix: 'look at the address' })
    expect(long.message).toMatch(/over 1 MiB/)
    const http = callerAt(await serve((_, response) => void response.end('<html>')))
    const answer = await http.call({ method: 'GET', path: 'x' })
    expect(() => http.read(answer, z.object({}))).toThrow(/answered \/x with what cannot be read/)
  })

  it('follows no redirect, which would take the token elsewhere', async () => {
    const asked: string[] = []
    const elsewhere = await serve(({ url }, response) => {
      asked.push(url ?? '')
      response.end()
    })
    const address = await serve((_, response) => void response.writeHead(307, { location: elsewhere }).end())
    const error = await failureOf(callerAt(address).call({ method: 'PUT', path: 'x', body: 'b' }))
    expect(error).toMatchObject({ code: 'target-unreachable' })
    expect(asked).toEqual([])
  })
})

describe('a secret', () => {
  it('is in nothing that is said, also when the system repeats it', async () => {
    const address = await serve(({ headers }, response) => {
      response.writeHead(401).end(`who is ${headers.authorization}? ${Buffer.from('ann:pass').toString()}`)
    })
    const of = async (more: Partial<HttpSystem>): Promise<string> => {
      const http = callerAt(address, more)
      return http.said((await http.call({ method: 'GET', path: 'x' })).text)
    }
    expect(await of({})).toBe('who is Bearer ***? ann:pass')
    expect(await of({ secret: 'ann:pass', basic: true })).toBe('who is Basic ***? ***')
    expect(await of({ secret: null })).toBe('who is undefined? ann:pass')
  })

  it.each([
    ['a secret that no header takes', { secret: 'pass\nword-9d2' }],
    ['an address with a user in it', { address: 'http://ann:pass@127.0.0.1:1' }],
    ['an address that is none', { address: 'pass@127.0.0.1' }],
    ['an address of another protocol', { address: 'ftp://pass@127.0.0.1' }],
  ])('is not repeated by what refuses %s', async (_, more) => {
    const error = await failureOf(callerAt('http://127.0.0.1', more).call({ method: 'GET', path: 'x' }))
    expect(error).toMatchObject({ code: 'bad-request' })
    expect(allOf(error)).not.toMatch(/pass|word-9d2/)
  })
})
