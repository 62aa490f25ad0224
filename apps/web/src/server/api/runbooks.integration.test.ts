/** Drafts, versions and environments as the browser asks for them. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { catalogue } from '@tenon/activities'
import { compileRunbook } from '@tenon/runbook'
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

test('a version that the node types of today refuse can be made live again, with its schedule', async () => {
  const { db } = world
  const old = runbookSource('rollback', hourly).replace('judge.conclude', 'judge.from-an-older-release')
  await admin.runbooks.create({ source: old })
  const compiled = compileRunbook(runbookSource('rollback'), catalogue)
  if (!compiled.ok) throw new Error('The runbook of this test does not compile.')
  await db.runbooks.publish({
    name: 'rollback',
    revision: 1,
    title: 'rollback',
    source: old,
    plan: { ...compiled.plan, hash: 'sha256:old' },
    triggers: {},
    by: 'seed',
  })
  await admin.runbooks.saveDraft({ name: 'rollback', baseRevision: 1, source: runbookSource('rollback') })
  await admin.runbooks.publish({ name: 'rollback', revision: 2 })
  expect(await admin.runbooks.get({ name: 'rollback' })).toMatchObject({ publishedVersion: 2, schedules: [] })
  await admin.runbooks.rollback({ name: 'rollback', version: 1 })
  expect(await admin.runbooks.get({ name: 'rollback' })).toMatchObject({
    publishedVersion: 1,
    schedules: [{ trigger: 'schedule', environment: 'production', paused: false }],
  })
})

test('each environment has its version; what is live elsewhere can be promoted', async () => {
  const first = runbookSource('stages')
  await admin.runbooks.create({ source: first })
  await admin.runbooks.publish({ name: 'stages', revision: 1, note: ' The first. ' })
  await admin.runbooks.saveDraft({ name: 'stages', baseRevision: 1, source: `${first}timeout: 2h\n` })
  await admin.runbooks.publish({ name: 'stages', revision: 2, environment: 'staging' })
  const live = async () =>
    (await admin.runbooks.get({ name: 'stages' })).pointers.map(
      ({ environment, version }) => `${environment} ${version}`,
    )
  expect(await live()).toEqual(['production 1', 'staging 2'])
  expect((await admin.runbooks.get({ name: 'stages' })).versions.map(({ note }) => note)).toEqual(['', 'The first.'])
  await admin.runbooks.rollback({ name: 'stages', version: 2 })
  expect(await live()).toEqual(['production 2', 'staging 2'])
  await admin.runbooks.rollback({ name: 'stages', version: 1, environment: 'staging' })
  expect(await live()).toEqual(['production 2', 'staging 1'])
  const unknown = await problem(admin.runbooks.publish({ name: 'stages', revision: 2, environment: 'nowhere' }))
  expect(unknown).toMatchObject({ status: 422, code: 'unknown-environment' })
  expect(unknown?.fix).toContain('production, staging')
  expect(await problem(admin.runbooks.rollback({ name: 'stages', version: 9 }))).toMatchObject({
    status: 404,
    code: 'unknown-version',
  })
})

test('versions, the draft and what is live are compared in what they mean', async () => {
  const first = runbookSource('compared')
  await admin.runbooks.create({ source: first })
  const differs = async () => (await admin.runbooks.list()).find(({ name }) => name === 'compared')?.draftDiffers
  expect(await differs()).toBe(true)
  const asked = { name: 'compared', from: 'live', to: 'draft' } as const
  expect(await problem(admin.runbooks.diff(asked))).toMatchObject({ status: 409, code: 'not-published' })
  await admin.runbooks.publish({ name: 'compared', revision: 1 })
  expect(await differs()).toBe(false)
  await admin.runbooks.saveDraft({ name: 'compared', baseRevision: 1, source: `# A comment.\n${first}` })
  expect(await differs()).toBe(false)
  await admin.runbooks.saveDraft({ name: 'compared', baseRevision: 2, source: `${first}timeout: 2h\n` })
  expect(await differs()).toBe(true)
  const { from, to, lines } = await admin.runbooks.diff(asked)
  expect([from, to, lines.map(({ text }) => text)]).toEqual([1, null, ['timeout 1h → 2h']])
  await admin.runbooks.publish({ name: 'compared', revision: 3 })
  expect(await differs()).toBe(false)
  const back = await admin.runbooks.diff({ name: 'compared', from: 2, to: 1 })
  expect(back.diff.settings).toEqual([{ path: ['timeout'], before: '2h', after: '1h' }])
  await admin.runbooks.saveDraft({ name: 'compared', baseRevision: 3, source: 'tenon: [' })
  expect(await problem(admin.runbooks.diff(asked))).toMatchObject({ status: 422, code: 'document-invalid' })
})

test('Temporal is away while publishing: the version is live, and what is not done yet is said', async () => {
  await admin.runbooks.create({ source: runbookSource('away', hourly) })
  world.engine.down = new ApiError(temporalUnreachable)
  const made = await admin.runbooks.publish({ name: 'away', revision: 1 })
  expect(made).toMatchObject({ version: 1, environment: 'production' })
  expect(made.warning).toMatch(/^Its schedules are not changed yet: /)
  const { publishedVersion, schedules } = await admin.runbooks.get({ name: 'away' })
  expect([publishedVersion, schedules.map(({ trigger }) => trigger)]).toEqual([1, ['schedule']])
  world.engine.down = null
  expect(await admin.runbooks.rollback({ name: 'away', version: 1 })).toMatchObject({ warning: null })
  expect([...world.engine.schedules.values()].map(({ runbook }) => runbook)).toContain('away')
})

test('a runbook that runs on no schedule is published without asking Temporal', async () => {
  await admin.runbooks.create({ source: runbookSource('unscheduled') })
  world.engine.down = new ApiError(temporalUnreachable)
  expect(await admin.runbooks.publish({ name: 'unscheduled', revision: 1 })).toMatchObject({ warning: null })
})

test('environments are a list that keeps production and what is in use', async () => {
  expect(await admin.environments.list()).toEqual(['production', 'staging'])
  await admin.environments.save({ names: ['production', 'staging', 'drill'] })
  await admin.runbooks.create({ source: runbookSource('drilled') })
  await admin.runbooks.publish({ name: 'drilled', revision: 1, environment: 'drill' })
  expect(await problem(admin.environments.save({ names: ['production', 'staging'] }))).toMatchObject({
    status: 409,
    code: 'environment-in-use',
  })
  expect(await problem(admin.environments.save({ names: ['drill'] }))).toMatchObject({ code: 'environment-needed' })
  expect(await problem(admin.environments.save({ names: ['production', 'Drill'] }))).toMatchObject({ status: 400 })
  await admin.runbooks.delete({ name: 'drilled' })
  expect(await admin.environments.save({ names: ['production', 'staging'] })).toEqual(['production', 'staging'])
})

test('steps of older node versions are brought to the newest, and nothing is saved', async () => {
  const { steps, document } = await admin.runbooks.upgrade({ source: runbookSource('upgraded') })
  expect([steps, document.name]).toEqual([[], 'upgraded'])
  expect(await problem(admin.runbooks.upgrade({ source: 'tenon: [' }))).toMatchObject({ code: 'document-invalid' })
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
