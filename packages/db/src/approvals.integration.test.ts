import { tokenLabel } from '@tenon/runbook'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { newRun, openWorld, planOf, type World } from '../test/world.ts'
import type { GivenDecision } from './approvals.ts'

let world: World
let made = 0

beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world?.close())
afterEach(() => void vi.useRealTimers())

/** A run of a version that `author` published, which asks. @returns its id. */
async function asked(of: { author?: string; allowRequester?: boolean; minutes?: number; parent?: string } = {}) {
  made += 1
  const { author = 'ana@example.com', allowRequester = false, minutes = 15, parent } = of
  const name = `asking-${made}`
  const run = await newRun(world.db, name)
  const plan = planOf(name, `sha256:${name}`)
  await world.db.runbooks.publish({
    name,
    title: name,
    revision: 1,
    source: `name: ${name}`,
    plan,
    triggers: {},
    by: author,
  })
  const { id } = await world.db.runs.create({
    ...run,
    version: 1,
    plan,
    ...(parent === undefined ? {} : { parentRunId: parent, parentStepId: 'part' }),
  })
  await world.db.approvals.request({
    runId: id,
    stepId: 'ask',
    question: 'Switch?',
    plans: [],
    allowRequester,
    needed: 1,
    approvers: [],
    form: {},
    requestedAt: Date.now(),
    expiresAt: Date.now() + 3_600_000,
  })
  await world.sql(
    `UPDATE "approval" SET "expiresAt" = clock_timestamp() AT TIME ZONE 'UTC' + make_interval(mins => $2) WHERE "runId" = $1`,
    [id, minutes],
  )
  return id
}

const yes = (runId: string, by: string, more: Partial<GivenDecision> = {}): GivenDecision => ({
  runId,
  stepId: 'ask',
  decision: 'approved',
  hashes: ['sha256:p'],
  by,
  actor: 'user:1',
  ...more,
})
const answer = (given: GivenDecision): Promise<string | null> =>
  world.db.approvals.decide(given).then(
    () => null,
    (error: { code: string }) => error.code,
  )
const onRecord = async (runId: string) =>
  (await world.db.audit.list()).filter(({ subject }) => subject === `${runId}/ask`).toReversed()

test('a decision is on record, and so is one that is refused, with why', async () => {
  const id = await asked()
  expect(await answer(yes(id, 'bo@example.com'))).toBeNull()
  expect(await answer(yes(id, 'ana@example.com'))).toBe('author-may-not-approve')
  expect(await onRecord(id)).toMatchObject([
    { action: 'approvals.decide', actor: 'user:1', detail: { decision: 'approved', hashes: ['sha256:p'] } },
    { action: 'approvals.refused', detail: { decision: 'approved', code: 'author-may-not-approve' } },
  ])
})

test.each(['2001-01-01', '2100-01-01'])('the time is over by the clock of PostgreSQL, with %s on ours', async (day) => {
  const [open, over] = [await asked(), await asked({ minutes: -1 })]
  vi.useFakeTimers({ toFake: ['Date'], now: new Date(day) })
  expect(await answer(yes(open, 'bo@example.com'))).toBeNull()
  expect(await answer(yes(over, 'bo@example.com'))).toBe('approval-expired')
  expect(await answer(yes(over, 'bo@example.com', { decision: 'rejected' }))).toBe('approval-expired')
  expect(await onRecord(over)).toHaveLength(2)
})

test('who wrote the version may not approve what it does, by a token neither; they may say no', async () => {
  const token = (person: string): string => tokenLabel({ name: 'ci', person })
  const byPerson = await asked()
  expect(await answer(yes(byPerson, token('ana@example.com')))).toBe('author-may-not-approve')
  expect(await answer(yes(byPerson, token('bo@example.com')))).toBeNull()
  const byToken = await asked({ author: token('ana@example.com') })
  expect(await answer(yes(byToken, 'ana@example.com'))).toBe('author-may-not-approve')
  expect(await answer(yes(byToken, 'ana@example.com', { decision: 'rejected' }))).toBeNull()
  expect(await answer(yes(await asked({ allowRequester: true }), 'ana@example.com'))).toBeNull()
})

test('who wrote the runbook that another is a part of wrote both', async () => {
  const whole = await asked({ author: 'ana@example.com' })
  const part = await asked({ author: 'bo@example.com', parent: whole })
  expect(await world.db.approvals.authors(part)).toEqual(['ana@example.com', 'bo@example.com'])
  expect(await answer(yes(part, 'ana@example.com'))).toBe('author-may-not-approve')
  expect(await answer(yes(whole, 'bo@example.com'))).toBeNull()
})

test('of a draft it is who saved it', async () => {
  const { id } = await world.db.runs.create(await newRun(world.db, 'draft'))
  expect(await world.db.approvals.authors(id)).toEqual(['ana@example.com'])
})

test('what nobody is asked is refused, and on record', async () => {
  const nobody = crypto.randomUUID()
  expect(await answer(yes(nobody, 'bo@example.com'))).toBe('unknown-approval')
  expect(await onRecord(nobody)).toMatchObject([{ action: 'approvals.refused' }])
})
