import { initialState, step, type Plan } from '@tenon/runbook'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { at, projectionOf } from '../test/projection.ts'
import { newRun, openWorld, planOf, type World } from '../test/world.ts'
import type { NewRun } from './index.ts'

let world: World

beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world?.close())

test('a run has all that its request said, and its plan is stored once', async () => {
  const { runs, plans } = world.db
  const first = await newRun(world.db, 'full')
  const parent = (await runs.create(first)).id
  const { id } = await runs.create({
    ...first,
    trigger: 'webhook',
    environment: 'staging',
    payload: { alert: 'down' },
    parentRunId: parent,
    parentStepId: 'call#1',
    baseRunId: parent,
    concurrencyKey: 'zone-a',
  })
  expect(await runs.get(id)).toMatchObject({
    trigger: 'webhook',
    environment: 'staging',
    payload: { alert: 'down' },
    parentRunId: parent,
    parentStepId: 'call#1',
    baseRunId: parent,
    concurrencyKey: 'zone-a',
    revision: 0,
    express: false,
  })
  expect(await world.sql(`SELECT count(*)::int AS n FROM "plan" WHERE "hash" = $1`, [first.plan.hash])).toEqual([
    { n: 1 },
  ])
  expect(await plans.get(first.plan.hash)).toEqual(first.plan)
  expect(await plans.get('sha256:none')).toBeNull()
  expect(await runs.list({ parentRunId: parent })).toMatchObject([{ id }])
})

test('the same id twice makes one row', async () => {
  const { runs } = world.db
  const run = { ...(await newRun(world.db, 'twice')), id: crypto.randomUUID() }
  await Promise.all([runs.create(run), runs.create(run), runs.create(run)])
  expect(await runs.list({ name: 'twice' })).toHaveLength(1)
})

test('a key is claimed once for a run that has no row yet', async () => {
  const { runs } = world.db
  const once = { actor: 'token:ci', key: 'claimed', request: 'a' }
  const ids = Array.from({ length: 4 }, () => crypto.randomUUID())
  const claims = await Promise.all(ids.map((id) => runs.claim(once, id)))
  expect(claims.filter(({ created }) => created)).toHaveLength(1)
  expect(new Set(claims.map(({ id }) => id)).size).toBe(1)
  await expect(runs.claim({ ...once, request: 'b' }, ids[0]!)).rejects.toMatchObject({ code: 'idempotency-key-reused' })
})

test('a run that joined another gives way to it, and its key answers with that one; one that began stays', async () => {
  const { runs } = world.db
  const run = await newRun(world.db, 'joined')
  const going = await runs.create(run)
  const once = { actor: 'token:ci', key: 'joins', request: 'a' }
  const joins = await runs.createOnce(run, once)
  await runs.giveWay(joins.id, going.id)
  expect(await runs.get(joins.id)).toBeNull()
  expect(await runs.madeBy(once)).toEqual({ id: going.id })

  await runs.project(projectionOf(going.id, 1))
  await runs.giveWay(going.id, joins.id)
  expect(await runs.get(going.id)).not.toBeNull()
})

test('a queued run says so until it begins, and can be started again', async () => {
  const { runs } = world.db
  const { id } = await runs.create(await newRun(world.db, 'queues'))
  await runs.queued(id)
  expect(await runs.summary(id)).toMatchObject({ status: 'queued' })
  expect(await runs.list({ status: 'queued' })).toMatchObject([{ id }])
  expect(await runs.reopen(id)).toMatchObject({ status: 'running' })
  await runs.queued(id)
  await runs.project(projectionOf(id, 1))
  expect(await runs.summary(id)).toMatchObject({ status: 'running' })
  await runs.queued(id)
  expect(await runs.summary(id)).toMatchObject({ status: 'running' })
})

test('stuck are those that were accepted and told nothing', async () => {
  const { runs } = world.db
  const run = await newRun(world.db, 'stuck')
  const [silent, began, queued] = [await runs.create(run), await runs.create(run), await runs.create(run)]
  await runs.project(projectionOf(began.id, 1))
  await runs.queued(queued.id)
  const ours = async (olderThanMs: number) =>
    (await runs.stuck({ olderThanMs })).filter(({ runbook }) => runbook.name === 'stuck')
  expect(await ours(-1_000)).toMatchObject([{ id: silent.id, plan: { hash: run.plan.hash } }])
  expect(await ours(60_000)).toEqual([])
})

test('a list is read on from where it ended, also within one millisecond', async () => {
  const { runs } = world.db
  const run = await newRun(world.db, 'paged')
  for (let index = 0; index < 5; index += 1) await runs.create(run)
  await world.sql(`UPDATE "run" SET "startedAt" = '2026-01-01' WHERE "runbookId" = $1`, [run.runbookId])
  const seen: string[] = []
  let before: string | undefined
  for (;;) {
    const page = await runs.list({ name: 'paged', limit: 2, before })
    seen.push(...page.map(({ id }) => id))
    const last = page.at(-1)
    if (!last) break
    before = `${last.startedAt}_${last.id}`
  }
  expect(seen).toHaveLength(5)
  expect(new Set(seen).size).toBe(5)
  expect(await runs.list({ name: 'paged', environment: 'staging' })).toEqual([])
  expect(await runs.list({ name: 'paged', trigger: 'api', verdict: 'normal' })).toEqual([])
})

/** A run of no steps, which has ended. */
function ended(run: NewRun, plan: Plan) {
  const context = {
    runId: crypto.randomUUID(),
    params: {},
    trigger: { kind: 'api' as const, by: 'token:ci' },
    asOf: at,
    parent: { runId: crypto.randomUUID(), stepId: 'call', depth: 1 },
  }
  const { state } = step(plan, initialState(plan, context), { kind: 'start', at })
  return { runbookId: run.runbookId, version: 4, baseRunId: null, plan, state }
}

test('runs that ended elsewhere are written many at once, and once each', async () => {
  const { runs } = world.db
  const run = await newRun(world.db, 'batch')
  const plan = planOf('batch', 'sha256:batch')
  const batch = Array.from({ length: 5 }, () => ended(run, plan))
  await runs.createMany(batch)
  await runs.createMany(batch.slice(0, 2))
  await runs.createMany([])
  expect(await runs.list({ name: 'batch' })).toHaveLength(5)
  const { context } = batch[0]!.state
  expect(await runs.get(context.runId)).toMatchObject({
    express: true,
    status: 'succeeded',
    version: 4,
    environment: 'production',
    parentRunId: context.parent?.runId,
    parentStepId: 'call',
    asOf: new Date(at).toISOString(),
    startedAt: new Date(at).toISOString(),
  })
  expect(await runs.steps(context.runId)).toEqual([])
})
