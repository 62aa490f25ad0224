import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openChangePoster, type ChangePoster } from './change-poster.ts'
import { freePort, listenOnLoopback, type LoopbackServer } from './loopback-server.ts'
import { readBody } from './read-body.ts'
import { ordinaryChanges, type PostedChange } from './shop-changes.ts'

let folder: string
const opened: { close(): Promise<void> }[] = []
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tenon-poster-'))
})
afterEach(async () => {
  await Promise.all(opened.splice(0).map((each) => each.close()))
  await rm(folder, { recursive: true })
})

const said: string[] = []
async function poster(port: number): Promise<ChangePoster> {
  said.length = 0
  const made = await openChangePoster({
    url: `http://127.0.0.1:${port}`,
    token: 'token',
    file: join(folder, 'changes.json'),
    say: (line) => said.push(line),
    firstRetryMs: 20,
  })
  opened.push(made)
  return made
}

/** Answers with these statuses in turn, then 200; keeps what it was told. */
async function receiver(
  port: number,
  ...statuses: number[]
): Promise<{ id: unknown; authorization: string | undefined }[]> {
  const told: { id: unknown; authorization: string | undefined }[] = []
  const server: LoopbackServer = await listenOnLoopback((request, response) => {
    void readBody(request, 10_000).then((body) => {
      const { authorization } = request.headers
      told.push({ id: body && typeof body === 'object' && 'id' in body ? body.id : null, authorization })
      response.statusCode = statuses.shift() ?? 200
      response.end('{"error":"why"}')
    })
  }, port)
  opened.push(server)
  return told
}

const changes = ordinaryChanges(Date.now()).slice(0, 3)
const ids = (list: readonly { id: unknown }[]) => list.map(({ id }) => id)

test('tells each change once, in order, with the token', async () => {
  const port = await freePort()
  const told = await receiver(port)
  const mine = await poster(port)
  mine.post(changes)
  await mine.settled()
  expect(ids(told)).toEqual(ids(changes))
  expect(told[0]?.authorization).toBe('Bearer token')
})

test('waits for a listener that starts later, and tries again after server errors', async () => {
  const port = await freePort()
  const mine = await poster(port)
  mine.post(changes)
  const told = await receiver(port, 503, 404)
  await mine.settled()
  expect(ids(told)).toEqual([changes[0]?.id, changes[0]?.id, ...ids(changes)])
  expect(said).toEqual([])
})

test('says which change was refused, and goes on with the next', async () => {
  const port = await freePort()
  const told = await receiver(port, 401)
  const mine = await poster(port)
  mine.post(changes)
  await mine.settled()
  expect(ids(told)).toEqual(ids(changes))
  expect(said).toHaveLength(1)
  expect(said[0]).toContain(changes[0]?.id)
  expect(said[0]).toContain('401')
})

test('what could not be told is told by the next start', async () => {
  const port = await freePort()
  const first = await poster(port)
  first.post(changes)
  await first.close()
  const told = await receiver(port)
  const second = await poster(port)
  await second.settled()
  expect(ids(told)).toEqual(ids(changes))
  // Nothing is left for a third.
  const third = await poster(port)
  await third.settled()
  expect(told).toHaveLength(changes.length)
})

test('ordinary changes have ended, and have ids of their own', () => {
  const all: PostedChange[] = ordinaryChanges(Date.now())
  expect(new Set(ids(all)).size).toBe(all.length)
  for (const change of all) expect(Date.parse(change.endedAt ?? '')).toBeLessThan(Date.now())
})
