import { createServer, type AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { createTemporalEngine } from './engine.ts'

test('nobody listens at Temporal’s address: an error that says so, at each call', async () => {
  const engine = createTemporalEngine({
    address: `127.0.0.1:${await freePort()}`,
    namespace: 'default',
    taskQueue: 'x',
  })
  const away = { problem: { status: 503, code: 'temporal-unreachable' } }
  await expect(engine.ping()).rejects.toMatchObject(away)
  await expect(engine.removeSchedule({ runbook: 'a', environment: 'production', trigger: 'b' })).rejects.toMatchObject(
    away,
  )
  await engine.close()
})

/** Free a moment ago, and nobody takes it meanwhile but by chance. */
function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}
