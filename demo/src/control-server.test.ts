import { mkdtemp, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startControlServer } from './control-server.ts'
import { openFaultBoard, type FaultBoard } from './fault-board.ts'
import { faultKind } from './fault-kinds.ts'
import type { LoopbackServer } from './loopback-server.ts'
import { createShopClient } from './shop-client.ts'

let folder: string
let board: FaultBoard
let server: LoopbackServer
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tenon-control-'))
  board = (await openFaultBoard(join(folder, 'state.json'))).board
  const flow = { ordersPerMinute: 0, hosts: [] }
  server = await startControlServer(
    {
      board,
      edge: { kind: 'http-edge', adminAddress: 'http://127.0.0.1:1' },
      ready: () => true,
      flow: () => flow,
      setFault: async (kind, severity) => void (await board.set(kind, severity === undefined ? {} : { severity })),
      clearFaults: async (kind) => void (await board.clear(kind)),
    },
    0,
  )
})
afterEach(async () => {
  await server.close()
  await rm(folder, { recursive: true })
})

interface Sent {
  method?: string
  path?: string
  headers?: Record<string, string>
  body?: string
}

/** `fetch` does not let a caller choose `Host` and `Origin`, a hostile page's browser does send them. */
function send({
  method = 'POST',
  path = '/faults',
  headers = {},
  body = '',
}: Sent): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      server.url + path,
      { method, headers: { 'content-type': 'application/json', ...headers }, timeout: 5_000 },
      (incoming) => {
        let text = ''
        incoming.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
        incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, text }))
      },
    )
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

test('faults are set, shown, and cleared one by one or all together', async () => {
  const shop = createShopClient(server.url)
  expect(await shop.health()).toEqual({ ready: true, edge: { kind: 'http-edge', adminAddress: 'http://127.0.0.1:1' } })
  await shop.setFault('bad-change', 0.4)
  const { faults } = await shop.setFault('source-drop')
  expect(faults).toMatchObject([
    { kind: 'bad-change', title: 'Bad change', severity: 0.4 },
    { kind: 'source-drop', severity: 0.4 },
  ])
  expect((await shop.clearFaults('bad-change')).faults).toMatchObject([{ kind: 'source-drop' }])
  expect((await shop.clearFaults()).faults).toEqual([])
})

test.each([
  ['not JSON', '{'],
  ['no kind', '{}'],
  ['an unknown kind', '{"kind":"fire"}'],
  ['a severity beyond 1', '{"kind":"bad-change","severity":2}'],
  ['a severity of 0', '{"kind":"bad-change","severity":0}'],
  ['a name that it does not know', '{"kind":"bad-change","since":1}'],
])('%s is refused with the list of faults, and nothing is set', async (_, body) => {
  const { status, text } = await send({ body })
  expect(status).toBe(400)
  for (const kind of faultKind.options) expect(text).toContain(kind)
  expect(board.active()).toEqual([])
})

test('a body that is too long is answered, not read', async () => {
  const { status } = await send({ body: JSON.stringify({ kind: 'bad-change', more: 'x'.repeat(200_000) }) })
  expect(status).toBe(400)
  expect(board.active()).toEqual([])
})

test('a page of another site can neither break the shop nor read it', async () => {
  const body = '{"kind":"bad-change"}'
  expect((await send({ body, headers: { origin: 'http://elsewhere.example' } })).status).toBe(403)
  expect((await send({ body, headers: { origin: 'null' } })).status).toBe(403)
  expect((await send({ body, headers: { host: 'elsewhere.example' } })).status).toBe(403)
  expect((await send({ method: 'GET', path: '/state', headers: { host: 'elsewhere.example' } })).status).toBe(403)
  // A form can be sent across sites without asking; only JSON cannot.
  expect((await send({ body, headers: { 'content-type': 'text/plain' } })).status).toBe(415)
  expect(board.active()).toEqual([])
  expect((await send({ body, headers: { origin: server.url } })).status).toBe(200)
})

test('unknown paths, methods and faults say so', async () => {
  expect((await send({ method: 'GET', path: '/nothing' })).status).toBe(404)
  expect((await send({ method: 'PUT' })).status).toBe(405)
  expect((await send({ method: 'DELETE', path: '/faults/fire' })).status).toBe(404)
})

test('the page is whole by itself', async () => {
  const { status, text } = await send({ method: 'GET', path: '/' })
  expect(status).toBe(200)
  expect(text).toContain('<title>Demo shop</title>')
  expect(text).not.toMatch(/(src|href)="(https?:)?\/\//)
})
