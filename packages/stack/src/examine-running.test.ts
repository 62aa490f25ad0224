import { createServer, type Server } from 'node:http'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { examineRunning } from './examine-running.ts'

let server: Server
let port: number
let status = 200
beforeEach(async () => {
  status = 200
  server = createServer((_request, response) => response.writeHead(status).end())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address === 'object' && address !== null) port = address.port
})
afterEach(() => server.close())

const running = () => ({
  url: `http://127.0.0.1:${port}`,
  shopUrl: null,
  databaseUrl: `postgresql://someone:secret@127.0.0.1:${port}/tenon`,
  temporalAddress: '127.0.0.1:1',
  metricsUrl: `http://127.0.0.1:${port}`,
  alertmanagerUrl: null,
  groups: [],
})

test('each part that runs is asked, and one that does not answer comes with what to read', async () => {
  const findings = await examineRunning(running())
  const states = Object.fromEntries(findings.map(({ part, found }) => [part, found]))
  expect(states).toEqual({
    Web: 'answers',
    Database: 'answers',
    'Temporal server': 'does not answer',
    'Metrics store': 'answers',
  })
  expect(findings.find(({ part }) => part === 'Temporal server')?.fix).toContain('logs/temporal.log')
})

test('an error is not an answer', async () => {
  status = 503
  const findings = await examineRunning(running())
  expect(findings.find(({ part }) => part === 'Web')).toMatchObject({ status: 'missing', found: 'does not answer' })
})

test('the password of the database is not shown', async () => {
  expect(JSON.stringify(await examineRunning(running()))).not.toContain('secret')
})
