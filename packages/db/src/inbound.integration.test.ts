import { afterAll, beforeAll, expect, test } from 'vitest'
import { projectionOf } from '../test/projection.ts'
import { newRun, openWorld, type World } from '../test/world.ts'
import type { NewInbound } from './index.ts'

let world: World

beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world?.close())

const event = (dedupKey: string | null, more: Partial<NewInbound> = {}): NewInbound => ({
  kind: 'webhook',
  source: 'drop/alerts',
  runbookName: 'drop',
  environment: 'production',
  dedupKey,
  payload: { alert: dedupKey },
  bytes: 20,
  ...more,
})

test('one event that comes often is accepted once; the others are on record and name it', async () => {
  const { inbound } = world.db
  const all = await Promise.all(Array.from({ length: 5 }, () => inbound.accept(event('k1'))))
  const first = all.filter(({ duplicateOf }) => duplicateOf === null)
  expect(first).toHaveLength(1)
  const id = first[0]!.id
  expect(all.filter(({ duplicateOf }) => duplicateOf?.id === id)).toHaveLength(4)
  expect(await inbound.list({ runbook: 'drop', disposition: 'deduplicated' })).toHaveLength(4)
  expect(await inbound.undecided({ olderThanMs: 0 })).toMatchObject([{ id, disposition: 'accepted' }])
  expect(await inbound.find('drop/alerts', 'k1')).toMatchObject({ id, payload: { alert: 'k1' } })
  // Another source's same key is another event, and no key is none's.
  expect(await inbound.accept(event('k1', { source: 'other/alerts' }))).toMatchObject({ duplicateOf: null })
  expect(await inbound.accept(event(null))).toMatchObject({ duplicateOf: null })
  expect(await inbound.accept(event(null))).toMatchObject({ duplicateOf: null })
})

test('what was decided stays decided', async () => {
  const { inbound } = world.db
  const { id } = await inbound.accept(event('k2'))
  expect(await inbound.decide(id, { disposition: 'filtered', reason: 'Not firing.', runId: null })).toBe(true)
  expect(await inbound.decide(id, { disposition: 'ran', reason: 'Again.', runId: 'r' })).toBe(false)
  expect(await inbound.get(id)).toMatchObject({ disposition: 'filtered', reason: 'Not firing.', runId: null })
  expect((await inbound.get(id))?.decidedAt).not.toBeNull()
  expect(await inbound.get('none')).toBeNull()
})

test('a list is read on from where it ended', async () => {
  const { inbound } = world.db
  for (let index = 0; index < 4; index += 1) await inbound.accept(event(null, { runbookName: 'paged' }))
  const first = await inbound.list({ runbook: 'paged', limit: 3 })
  const last = first.at(-1)!
  const rest = await inbound.list({ runbook: 'paged', before: `${last.receivedAt}_${last.id}` })
  expect(new Set([...first, ...rest].map(({ id }) => id)).size).toBe(4)
})

test('a step that begins to wait hears of the events that came just before it', async () => {
  const { inbound } = world.db
  const since = Date.now()
  const payload = { name: 'deployed', id: 'e1', payload: { version: 7 }, hops: 0 }
  await inbound.accept(event('e1', { kind: 'api', source: 'event:deployed', payload }))
  await inbound.accept(event('e1', { kind: 'api', source: 'event:deployed', payload }))
  await inbound.accept(event('e2', { kind: 'api', source: 'event:other', payload: { ...payload, name: 'other' } }))
  expect(await inbound.eventsSince('deployed', since)).toEqual([
    { name: 'deployed', id: 'e1', payload: { version: 7 } },
  ])
  expect(await inbound.eventsSince('deployed', Date.now() + 60_000)).toEqual([])
})

test('steps that wait are found by the event until they stop, expire or their run ends', async () => {
  const { eventWaits, runs } = world.db
  const { id } = await runs.create(await newRun(world.db, 'waits'))
  const wait = (stepId: string, expiresAt = Date.now() + 60_000) => ({ runId: id, stepId, event: 'up', expiresAt })
  await eventWaits.add(wait('a'))
  await eventWaits.add(wait('a'))
  await eventWaits.add(wait('b#1'))
  await eventWaits.add(wait('late', Date.now() - 1))
  expect((await eventWaits.waitingFor('up')).map(({ stepId }) => stepId).toSorted()).toEqual(['a', 'b#1'])
  await eventWaits.remove(id, 'a')
  expect(await eventWaits.waitingFor('up')).toMatchObject([{ runId: id, stepId: 'b#1', event: 'up' }])
  await runs.project(projectionOf(id, 1, { status: 'failed', endedAt: Date.now() }))
  await eventWaits.add(wait('c'))
  await eventWaits.add({ ...wait('c'), runId: crypto.randomUUID() })
  expect(await eventWaits.waitingFor('up')).toEqual([])
})
