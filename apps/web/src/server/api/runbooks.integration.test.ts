/** Drafts, versions and schedules as the browser asks for them. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { ApiError, problemOf, temporalUnreachable } from '../errors.ts'
import { openServer, runbookSource, type ServerWorld } from '../test/server-world.ts'

let world: ServerWorld
let admin: Awaited<ReturnType<ServerWorld['as']>>

beforeAll(async () => {
  world = await openServer()
  admin = await world.as('admin')
})
afterAll(() => world.close())
afterEach(() => {
  world.engine.down = null
})

const problem = (call: Promise<unknown>) =>
  call.then(
    () => null,
    (error: unknown) => problemOf(error),
  )
const hourly = 'schedule: { cron: "0 * * * *" }'

test('of two who save from one revision the second gets the first one’s draft, and nothing is overwritten', async () => {
  await admin.runbooks.create({ source: runbookSource('conflict') })
  const first = runbookSource('conflict', 'description: first\n')
  await admin.runbooks.saveDraft({ name: 'conflict', baseRevision: 1, source: first })
  const second = admin.runbooks.saveDraft({ name: 'conflict', baseRevision: 1, source: 'tenon: 1' })
  expect(await problem(second)).toMatchObject({
    status: 409,
    code: 'draft-conflict',
    detail: { revision: 2, source: first },
  })
  expect((await admin.runbooks.get({ name: 'conflict' })).draft).toMatchObject({ revision: 2, source: first })
})

test('a draft with problems can be saved and not published; nothing of the version before is touched', async () => {
  await admin.runbooks.create({ source: runbookSource('invalid') })
  await admin.runbooks.publish({ name: 'invalid', revision: 1 })
  const broken = runbookSource('invalid').replace('judge.conclude', 'judge.conclud')
  await admin.runbooks.saveDraft({ name: 'invalid', baseRevision: 1, source: broken })
  const refused = await problem(admin.runbooks.publish({ name: 'invalid', revision: 2 }))
  expect(refused).toMatchObject({ status: 422, code: 'document-invalid' })
  expect(refused?.fix).toContain('judge.conclude')
  const { publishedVersion, versions } = await admin.runbooks.get({ name: 'invalid' })
  expect([publishedVersion, versions.map(({ number }) => number)]).toEqual([1, [1]])
  expect(await problem(admin.runs.start({ name: 'invalid', draftRevision: 2 }))).toMatchObject({ status: 422 })
  expect(await problem(admin.runs.start({ name: 'invalid', draftRevision: 1 }))).toMatchObject({ status: 409 })
})

test('a version that the node types of today refuse keeps its schedule when it is rolled back to', async () => {
  const { db } = world
  const old = runbookSource('rollback', hourly).replace('judge.conclude', 'judge.from-an-older-release')
  await admin.runbooks.create({ source: old })
  const plan = { hash: 'sha256:old', runbook: { name: 'rollback', title: 'rollback' }, params: {}, steps: [] }
  await db.runbooks.publish({
    name: 'rollback',
    revision: 1,
    title: 'rollback',
    source: old,
    plan: { ...plan, edges: [], timeoutSeconds: 60, onFailure: 'keep' },
    schedule: { cron: '0 * * * *', timeZone: 'UTC', params: {} },
    by: 'seed',
  })
  await admin.runbooks.saveDraft({ name: 'rollback', baseRevision: 1, source: runbookSource('rollback') })
  await admin.runbooks.publish({ name: 'rollback', revision: 2 })
  expect(await admin.runbooks.get({ name: 'rollback' })).toMatchObject({ publishedVersion: 2, schedule: null })
  await admin.runbooks.rollback({ name: 'rollback', version: 1 })
  expect(await admin.runbooks.get({ name: 'rollback' })).toMatchObject({
    publishedVersion: 1,
    schedule: { cron: '0 * * * *' },
  })
})

test('Temporal is away while publishing: what was done and what was not is said', async () => {
  await admin.runbooks.create({ source: runbookSource('away', hourly) })
  world.engine.down = new ApiError(temporalUnreachable)
  const refused = await problem(admin.runbooks.publish({ name: 'away', revision: 1 }))
  expect(refused).toMatchObject({ status: 503, code: 'temporal-unreachable' })
  expect(refused?.message).toMatch(/^Version 1 is published, but its schedule could not be changed/)
  expect(await admin.runbooks.get({ name: 'away' })).toMatchObject({ publishedVersion: 1, nextFiring: null })
})

test('a runbook is not deleted under a run that goes on', async () => {
  await admin.runbooks.create({ source: runbookSource('busy') })
  await admin.runbooks.publish({ name: 'busy', revision: 1 })
  const { runId } = await admin.runs.start({ name: 'busy' })
  expect(await problem(admin.runbooks.delete({ name: 'busy' }))).toMatchObject({ status: 409, code: 'runs-going-on' })
  await world.db.runs.fail(runId, { code: 'x', message: 'x', retryable: false })
  await admin.runbooks.delete({ name: 'busy' })
  expect(await problem(admin.runbooks.get({ name: 'busy' }))).toMatchObject({ status: 404 })
})

test('what is not there is not passed on to Temporal', async () => {
  const id = '0389f1c5-9668-4716-98db-30efccd4a0b4'
  expect(await problem(admin.runs.cancel({ id, reason: 'test' }))).toMatchObject({ status: 404, code: 'unknown-run' })
  expect(world.engine.cancelled).toEqual([])
  const decision = { runId: id, stepId: 'approve', decision: 'approved' as const, hashes: [] }
  expect(await problem(admin.approvals.decide(decision))).toMatchObject({ status: 404, code: 'unknown-approval' })
})
