import { newBreaker } from '@tenon/actions'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openWorld, type World } from '../test/world.ts'
import { breakersTopic } from './breakers.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world?.close())

const wanted = newBreaker.parse({
  name: 'Load test of pay',
  bounds: [
    { measure: 'payment.success-rate', minimum: 0.98 },
    { measure: 'pay.p99', where: { zone: 'B' }, maximum: 2, source: 'pushed' },
  ],
  onBreach: { kind: 'stop-writes', scope: 'runbook:load-test' },
  minutes: 30,
})
const who = { by: 'ann@example.com', actor: 'user:ann' }
const audited = async (id: string) =>
  (await world.db.audit.list()).flatMap(({ subject, action }) => (subject === id ? [action] : [])).toReversed()

test('it is watched, trips once, and is on record with what was done', async () => {
  const { breakers } = world.db
  const { id } = await breakers.start(wanted, who)
  const { minutes, ...kept } = wanted
  expect(await breakers.get(id)).toMatchObject({ ...kept, state: 'watching', by: who.by, pushed: [], result: null })
  const { startedAt, endsAt } = await breakers.get(id)
  expect(endsAt - startedAt).toBe(minutes * 60_000)
  expect((await breakers.open()).map((one) => one.id)).toContain(id)

  const breach = { detail: 'pay.p99 (zone B) is 3, above 2', by: 'token:load' }
  const trips = await Promise.all([breakers.trip(id, breach), breakers.trip(id, breach)])
  expect(trips.filter((tripped) => tripped !== null)).toHaveLength(1)
  expect(await breakers.open()).toMatchObject([{ id, state: 'tripped', detail: breach.detail }])
  await expect(breakers.end(id, who)).rejects.toMatchObject({ code: 'breaker-over' })
  await breakers.settle(id, 'Writes are stopped.')
  await breakers.settle(id, 'Again.')
  expect(await breakers.open()).toEqual([])
  expect(await breakers.get(id)).toMatchObject({ state: 'tripped', result: 'Writes are stopped.' })
  expect(await audited(id)).toEqual(['breakers.start', 'breakers.trip', 'breakers.settle'])
})

test('the newest pushed values are kept, each by its bound', async () => {
  const { breakers } = world.db
  const { id } = await breakers.start(wanted, who)
  await Promise.all([breakers.push(id, { bounds: [1], value: 1.5 }), breakers.push(id, { bounds: [], value: 9 })])
  await breakers.push(id, { bounds: [1], value: 1.25 })
  const [sample, ...others] = (await breakers.get(id)).pushed
  expect(others).toEqual([])
  expect(sample).toMatchObject({ measure: 'pay.p99', where: { zone: 'B' }, value: 1.25 })
  expect(sample?.at).toBeLessThanOrEqual(await breakers.now())
  await breakers.end(id, who)
  await breakers.push(id, { bounds: [1], value: 7 })
  expect((await breakers.get(id)).pushed).toMatchObject([{ value: 1.25 }])
})

test('one whose time is over is ended, and never trips', async () => {
  const { breakers } = world.db
  const { id } = await breakers.start(wanted, who)
  await world.sql(`UPDATE "breaker" SET "endsAt" = clock_timestamp() AT TIME ZONE 'UTC' WHERE "id" = $1`, [id])
  expect(await breakers.get(id)).toMatchObject({ state: 'ended' })
  expect(await breakers.trip(id, { detail: 'late', by: 'system' })).toBeNull()
  expect((await breakers.open()).map((one) => one.id)).not.toContain(id)
  expect(await world.sql(`SELECT "state" FROM "breaker" WHERE "id" = $1`, [id])).toEqual([{ state: 'ended' }])
})

test('one that no worker watches trips by being asked for', async () => {
  const { breakers } = world.db
  const { id } = await breakers.start(wanted, who)
  const silent = (seconds: number) =>
    world.sql(
      `UPDATE "breaker" SET "watchedAt" = clock_timestamp() AT TIME ZONE 'UTC' - make_interval(secs => $2) WHERE "id" = $1`,
      [id, seconds],
    )
  await silent(wanted.graceSeconds - 30)
  expect(await breakers.get(id)).toMatchObject({ state: 'watching' })
  await silent(wanted.graceSeconds + 30)
  expect((await breakers.list()).find((one) => one.id === id)).toMatchObject({
    state: 'tripped',
    detail: expect.stringContaining('no worker watched it'),
  })
  expect((await breakers.open()).map((one) => one.id)).toContain(id)
})

test('what happens is told to listeners, and unknown ones are named', async () => {
  const { breakers } = world.db
  const heard: string[] = []
  const listening = world.db.listen(({ topic, id }) => heard.push(`${topic} ${id}`))
  await expect
    .poll(async () => {
      await breakers.tell()
      return heard
    })
    .toContain(`${breakersTopic.topic} ${breakersTopic.id}`)
  await listening.close()
  await expect(breakers.get('none')).rejects.toMatchObject({ code: 'unknown-breaker' })
  await expect(breakers.end('none', who)).rejects.toMatchObject({ code: 'unknown-breaker' })
})
