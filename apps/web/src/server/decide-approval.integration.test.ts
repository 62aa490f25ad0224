import { afterAll, beforeAll, expect, test } from 'vitest'
import { problemOf } from './errors.ts'
import { openServer, runbookSource, type ServerWorld } from './test/server-world.ts'

let world: ServerWorld
let author: Awaited<ReturnType<ServerWorld['as']>>
let other: Awaited<ReturnType<ServerWorld['as']>>

beforeAll(async () => {
  world = await openServer()
  author = await world.as('admin')
  other = await world.as('operator')
  await author.runbooks.create({ source: runbookSource('drop') })
  await author.runbooks.publish({ name: 'drop', revision: 1 })
})
afterAll(() => world?.close())

async function asked(given: { minutes: number; allowRequester?: boolean }): Promise<string> {
  const { runId } = await other.runs.start({ name: 'drop' })
  const now = Date.now()
  await world.db.approvals.request({
    runId,
    stepId: 'approve',
    question: 'Switch?',
    plans: [],
    allowRequester: given.allowRequester ?? false,
    needed: 1,
    approvers: [],
    form: {},
    requestedAt: now - 3_600_000,
    expiresAt: now + given.minutes * 60_000,
  })
  return runId
}

const yes = (runId: string) => ({ runId, stepId: 'approve', decision: 'approved' as const, hashes: [] })
const code = (call: Promise<unknown>): Promise<string | null> =>
  call.then(
    () => null,
    (error: unknown) => problemOf(error).code,
  )
const recorded = async (runId: string) =>
  (await world.db.audit.list()).filter(({ subject }) => subject === `${runId}/approve`)

test('who wrote the version may not approve it, but may say no; the refusal is on record', async () => {
  const runId = await asked({ minutes: 15 })
  expect(await code(author.approvals.decide(yes(runId)))).toBe('author-may-not-approve')
  expect(await recorded(runId)).toMatchObject([
    { action: 'approvals.refused', detail: { code: 'author-may-not-approve', decision: 'approved' } },
  ])
  expect(await code(author.approvals.decide({ ...yes(runId), decision: 'rejected' }))).toBeNull()
})

test('who wrote the version may approve where its runbook lets one person do both', async () => {
  expect(await code(author.approvals.decide(yes(await asked({ minutes: 15, allowRequester: true }))))).toBeNull()
})

test('an approval whose time is over is refused and on record, whatever the run says', async () => {
  const runId = await asked({ minutes: -1 })
  expect(await code(other.approvals.decide(yes(runId)))).toBe('approval-expired')
  expect(await recorded(runId)).toMatchObject([{ action: 'approvals.refused', detail: { code: 'approval-expired' } }])
})
