import type { RunProjection, StepState } from '@tenon/runbook'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newRun, openWorld, type World } from '../test/world.ts'

let world: World

beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world?.close())

test('the same key and request give one run, also at the same time; another request is refused', async () => {
  const { runs } = world.db
  const run = await newRun(world.db, 'once')
  const once = { actor: 'token:ci', key: 'k1', request: 'a' }
  const made = await Promise.all(Array.from({ length: 5 }, () => runs.createOnce(run, once)))
  expect(new Set(made.map(({ id }) => id)).size).toBe(1)
  expect(made.filter(({ created }) => created)).toHaveLength(1)
  expect(await runs.list({ name: 'once' })).toHaveLength(1)

  const reused = { code: 'idempotency-key-reused', detail: { runId: made[0]?.id } }
  await expect(runs.createOnce(run, { ...once, request: 'b' })).rejects.toMatchObject(reused)
  expect(await runs.list({ name: 'once' })).toHaveLength(1)
  // A key is its caller's: another caller's same key is another run.
  expect(await runs.createOnce(run, { ...once, actor: 'token:other' })).toMatchObject({ created: true })
})

test('a key goes with its runbook: it never answers with a run that is gone', async () => {
  const { runs, runbooks } = world.db
  const once = { actor: 'token:ci', key: 'k2', request: 'a' }
  const first = await runs.createOnce(await newRun(world.db, 'gone'), once)
  await runbooks.delete('gone')
  expect(await runs.get(first.id)).toBeNull()
  expect(await runs.madeBy(once)).toBeNull()
})

const begun = { attempt: 1, startedAt: Date.UTC(2026, 0, 1), input: { zone: 'a' } }
const running: StepState = { status: 'running', ...begun }
const done: StepState = {
  status: 'done',
  ...begun,
  endedAt: Date.UTC(2026, 0, 1, 0, 1),
  result: { outcome: 'found', output: { loss: 10.9 }, summary: 'payment lost 10.9 points' },
}

function projection(
  runId: string,
  revision: number,
  change: Partial<RunProjection> & { state: StepState },
): RunProjection {
  const { state, ...rest } = change
  const steps = [{ stepId: 'look', type: 'judge.chain-loss', title: 'Where is the loss?', state }]
  const { startedAt } = begun
  return { runId, revision, status: 'running', startedAt, endedAt: null, error: null, approvals: [], steps, ...rest }
}

test('a late or repeated projection changes nothing', async () => {
  const { runs } = world.db
  const { id } = await runs.create(await newRun(world.db, 'late'))
  const older = projection(id, 1, { state: running })
  const newer = projection(id, 2, { state: done, status: 'succeeded', endedAt: Date.UTC(2026, 0, 1, 0, 2) })
  await runs.project(newer)
  const rows = async () => [await world.sql(`SELECT * FROM "run" WHERE "id" = $1`, [id]), await runs.steps(id)]
  const before = await rows()
  expect(before).toMatchObject([[{ status: 'succeeded', revision: 2 }], [{ status: 'done', outcome: 'found' }]])

  await runs.project(older)
  expect(await rows()).toEqual(before)
  await runs.project({ ...newer, status: 'failed' })
  expect(await rows()).toEqual(before)
})

test('a run that ended stays ended', async () => {
  const { runs } = world.db
  const { id } = await runs.create(await newRun(world.db, 'ended'))
  await runs.project(projection(id, 1, { state: done, status: 'cancelled', endedAt: Date.UTC(2026, 0, 1, 0, 2) }))
  await runs.project(projection(id, 2, { state: done, status: 'running' }))
  await runs.fail(id, { code: 'engine-unreachable', message: 'No answer.', retryable: true })
  expect(await runs.get(id)).toMatchObject({ status: 'cancelled', endedAt: '2026-01-01T00:02:00.000Z', error: null })
  expect(await runs.reopen(id)).toBeNull()
})

test('a start that seemed to fail is taken back by the first word of its workflow', async () => {
  const { runs } = world.db
  const { id } = await runs.create(await newRun(world.db, 'lost-answer'))
  await runs.fail(id, { code: 'engine-unreachable', message: 'No answer.', retryable: true })
  expect(await runs.get(id)).toMatchObject({ status: 'failed', error: { code: 'engine-unreachable' } })
  await runs.project(projection(id, 1, { state: running }))
  expect(await runs.get(id)).toMatchObject({ status: 'running', error: null, endedAt: null })
})

test('a retried step keeps nothing of its last attempt', async () => {
  const { runs } = world.db
  const { id } = await runs.create(await newRun(world.db, 'retried'))
  const error = { code: 'timeout', message: 'Too slow.', retryable: true }
  await runs.project(projection(id, 1, { state: { status: 'backing-off', ...begun, error } }))
  expect(await runs.steps(id)).toMatchObject([{ status: 'backing-off', error }])
  await runs.project(projection(id, 2, { state: { ...running, attempt: 2 } }))
  expect(await runs.steps(id)).toMatchObject([{ status: 'running', attempt: 2, error: null }])
})
