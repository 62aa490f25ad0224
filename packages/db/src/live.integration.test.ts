/** Messages between processes, and what listeners are told when they missed some. */
import { connect, createServer } from 'node:net'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { openWorld, type World } from '../test/world.ts'
import { listen, type LiveMessage } from './live.ts'

let world: World

beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

/** Writes until the listener hears: it listens from some moment on. */
async function untilHeard(heard: LiveMessage[]): Promise<void> {
  await vi.waitFor(
    async () => {
      await world.db.settings.stopWrites('ada@example.com', 'test')
      expect(heard.length).toBeGreaterThan(0)
    },
    { timeout: 20_000, interval: 100 },
  )
}

test('every listener hears what is committed, and nothing of what is not', async () => {
  const [one, two]: LiveMessage[][] = [[], []]
  if (!one || !two) throw new Error('no lists')
  const listeners = [world.db.listen((message) => one.push(message)), world.db.listen((message) => two.push(message))]
  await untilHeard(one)
  await untilHeard(two)
  const draft = { name: 'live', title: 'Live', source: 'x', by: 'ada@example.com' }
  await world.db.runbooks.create(draft)
  await expect(world.db.runbooks.create(draft)).rejects.toMatchObject({ code: 'name-taken' })
  await world.sql(`SELECT pg_notify('tenon_live', 'not json')`)
  await world.sql(`SELECT pg_notify('tenon_live', '{"topic":"nonsense","id":"1"}')`)
  await world.db.inbox.post({ key: 'last', title: 'x', body: 'x', severity: 'info' })
  const last = { topic: 'inbox', id: 'last' }
  for (const heard of [one, two]) {
    await vi.waitFor(() => expect(heard.at(-1)).toEqual(last), { timeout: 20_000 })
    expect(heard.filter(({ topic }) => topic === 'runbook')).toEqual([{ topic: 'runbook', id: 'live' }])
  }
  await Promise.all(listeners.map((listener) => listener.close()))
})

test('a connection that PostgreSQL ends is made again, and its listener is told of the gap', async () => {
  const heard: LiveMessage[] = []
  let gaps = 0
  const listening = world.db.listen(
    (message) => heard.push(message),
    () => (gaps += 1),
  )
  await untilHeard(heard)
  expect(gaps).toBe(0)
  const ended = await world.sql(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = current_database() AND query ILIKE 'listen%' AND pid <> pg_backend_pid()`,
  )
  expect(ended.length).toBeGreaterThan(0)
  await vi.waitFor(() => expect(gaps).toBe(1), { timeout: 20_000 })
  heard.length = 0
  await untilHeard(heard)
  await listening.close()
})

test('a database that was away at first is a gap too', async () => {
  // Takes the first connection and hangs up, as a database that is starting does; then the real one is behind it.
  const real = new URL(world.url)
  let turnedAway = 0
  const door = createServer((socket) => {
    socket.on('error', () => {})
    if (turnedAway === 0) {
      turnedAway += 1
      socket.destroy()
      return
    }
    const inner = connect(Number(real.port), real.hostname)
    inner.on('error', () => socket.destroy())
    socket.pipe(inner).pipe(socket)
  })
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve))
  const address = door.address()
  const url = new URL(world.url)
  url.hostname = '127.0.0.1'
  url.port = String(typeof address === 'object' ? address?.port : '')
  let gaps = 0
  const listening = listen(
    url.href,
    () => {},
    () => (gaps += 1),
  )
  await vi.waitFor(() => expect(gaps).toBe(1), { timeout: 20_000 })
  expect(turnedAway).toBe(1)
  await listening.close()
  door.close()
})
