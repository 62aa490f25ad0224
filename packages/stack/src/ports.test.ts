import { createServer, type Server } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { Ports } from './ports.ts'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

async function occupy(): Promise<number> {
  const server = createServer()
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('no address')
  return address.port
}

test('a free port is given as it was wanted', async () => {
  const { port } = await new Ports().choose(0)
  expect(await new Ports().choose(port)).toEqual({ port, moved: false })
})

test('a busy port moves on to a later one and says so', async () => {
  const busy = await occupy()
  const { port, moved } = await new Ports().choose(busy)
  expect(moved).toBe(true)
  expect(port).toBeGreaterThan(busy)
})

test('two parts never get the same port, although neither listens yet', async () => {
  const ports = new Ports()
  const first = await ports.choose(0)
  const second = await ports.choose(first.port)
  expect(second.port).not.toBe(first.port)
  expect(second.moved).toBe(true)
})

test('when nothing is free from there on, the error names the range', async () => {
  const ports = new Ports()
  const last = await ports.choose(65_535)
  expect(last.port).toBe(65_535)
  await expect(ports.choose(65_535)).rejects.toMatchObject({ code: 'port-range-busy' })
})
