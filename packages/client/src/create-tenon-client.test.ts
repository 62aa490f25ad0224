import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { createTenonClient, eachItem, TenonError, type TenonClient } from './index.ts'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

async function clientOf(
  answer: (incoming: IncomingMessage, body: string, outgoing: ServerResponse) => void,
): Promise<TenonClient> {
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = []
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
    incoming.on('end', () => answer(incoming, Buffer.concat(chunks).toString(), outgoing))
  })
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return createTenonClient({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, token: 'tn_1' })
}

const refused = async (call: Promise<unknown>): Promise<TenonError> => {
  const error: unknown = await call.then(
    () => null,
    (cause: unknown) => cause,
  )
  if (!(error instanceof TenonError)) throw new Error('It was not refused.')
  return error
}

test('arguments go into path, query, headers and body', async () => {
  let seen: unknown
  const tenon = await clientOf((incoming, body, outgoing) => {
    const { authorization, 'idempotency-key': key, 'content-type': type } = incoming.headers
    seen = [incoming.method, incoming.url, { authorization, key, type }, body]
    outgoing.end('{"id":"r1"}')
  })
  const run = await tenon.startRun({ name: 'a/b', wait: '30s', idempotencyKey: 'k', body: { params: { chain: 'x' } } })
  expect(run.id).toBe('r1')
  expect(seen).toEqual([
    'POST',
    '/api/v1/runbooks/a%2Fb/runs?wait=30s',
    { authorization: 'Bearer tn_1', key: 'k', type: 'application/json' },
    '{"params":{"chain":"x"}}',
  ])
})

test('an answer that may be a file is what its media type says', async () => {
  const bytes = Buffer.from([0x25, 0x50, 0x44, 0x46, 0xff, 0x00])
  const tenon = await clientOf((incoming, _body, outgoing) => {
    const format = new URL(incoming.url ?? '', 'http://localhost').searchParams.get('format')
    if (format === 'pdf') outgoing.setHeader('content-type', 'application/pdf').end(bytes)
    else if (format === 'markdown') outgoing.setHeader('content-type', 'text/markdown; charset=utf-8').end('# Fell')
    else outgoing.setHeader('content-type', 'application/json').end('{"link":"here"}')
  })
  expect(await tenon.getRunReport({ id: 'r' })).toEqual({ link: 'here' })
  expect(await tenon.getRunReport({ id: 'r', format: 'markdown' })).toBe('# Fell')
  expect(await tenon.getRunReport({ id: 'r', format: 'pdf' })).toEqual(new Uint8Array(bytes))
})

test('a problem is an error with its code, fix and places', async () => {
  const problem = {
    code: 'bad-params',
    detail: 'No.',
    fix: 'Yes.',
    instance: 'req-1',
    problems: [{ message: 'chian', path: ['params', 0] }, 'odd'],
    data: { revision: 2 },
  }
  const tenon = await clientOf((_, __, outgoing) => outgoing.writeHead(400).end(JSON.stringify(problem)))
  expect(await refused(tenon.getRun({ id: 'x' }))).toMatchObject({
    message: 'No.',
    status: 400,
    code: 'bad-params',
    fix: 'Yes.',
    requestId: 'req-1',
    problems: [{ message: 'chian', path: ['params', 0] }],
    data: { revision: 2 },
  })
})

test('an answer that is not Tenon’s, and none at all, are told apart', async () => {
  const proxy = await clientOf((_, __, outgoing) => outgoing.writeHead(502).end('<html>'))
  expect(await refused(proxy.getRun({ id: 'x' }))).toMatchObject({ status: 502, code: 'not-tenon' })
  const page = await clientOf((_, __, outgoing) => outgoing.end('<html>'))
  expect(await refused(page.getRun({ id: 'x' }))).toMatchObject({ code: 'not-tenon' })
  const nobody = createTenonClient({ url: 'http://127.0.0.1:1' })
  expect(await refused(nobody.getHealth())).toMatchObject({ status: 0, code: 'unreachable' })
})

test('when the rate is used up it waits and calls again', async () => {
  let calls = 0
  const tenon = await clientOf((_, __, outgoing) => {
    calls += 1
    if (calls === 1) outgoing.writeHead(429, { 'retry-after': '0' }).end('{"code":"too-many-requests"}')
    else outgoing.end('{"ok":true}')
  })
  expect(await tenon.getHealth()).toEqual({ ok: true })
  expect(calls).toBe(2)
})

test('a list is read page by page, as far as it is wanted', async () => {
  const asked: (string | undefined)[] = []
  const page = async (cursor: string | undefined) => {
    asked.push(cursor)
    return { items: [asked.length, asked.length], next: asked.length < 3 ? `p${asked.length}` : null }
  }
  const all: number[] = []
  for await (const item of eachItem(page)) all.push(item)
  expect(all).toEqual([1, 1, 2, 2, 3, 3])
  expect(asked).toEqual([undefined, 'p1', 'p2'])
  asked.length = 0
  for await (const item of eachItem(page)) if (item === 2) break
  expect(asked).toHaveLength(2)
})

test('a call that is aborted says so, and not that the server is away', async () => {
  const tenon = await clientOf(() => undefined)
  const call = tenon.getRun({ id: 'x' }, { signal: AbortSignal.abort() })
  await expect(call).rejects.toMatchObject({ name: 'AbortError' })
})
