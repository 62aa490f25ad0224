import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { ApiError, problemOf, temporalUnreachable } from './errors.ts'
import { startRestServer, type RestServer } from './test/rest-server.ts'
import { openServer, runbookSource, type ServerWorld } from './test/server-world.ts'

let world: ServerWorld
let rest: RestServer
let author: Awaited<ReturnType<ServerWorld['as']>>
let other: Awaited<ReturnType<ServerWorld['as']>>

beforeAll(async () => {
  world = await openServer()
  rest = await startRestServer(world.services)
  author = await world.as('admin')
  other = await world.as('operator')
  await author.runbooks.create({ source: runbookSource('drop') })
  await author.runbooks.publish({ name: 'drop', revision: 1 })
})
afterEach(() => {
  world.engine.down = null
})
afterAll(async () => {
  await rest?.close()
  await world?.close()
})

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

test('by a token of theirs neither: the API tells the run whose it is', async () => {
  const runId = await asked({ minutes: 15 })
  const { token } = await author.settings.tokens.create({ name: 'ci', role: 'operator', days: null })
  const path = `/api/v1/approvals/${runId}/approve/decision`
  const answer = await rest.call('POST', path, { token, body: { decision: 'approved', hashes: [] } })
  expect(answer).toMatchObject({ status: 403, body: { code: 'author-may-not-approve' } })
  const second = await world.as('admin')
  const mine = await second.settings.tokens.create({ name: 'ci', role: 'operator', days: null })
  await rest.call('POST', path, { token: mine.token, body: { decision: 'approved', hashes: [] } })
  expect(world.engine.decided.at(-1)).toMatchObject({
    runId,
    decision: { by: expect.stringMatching(/^token:ci of admin-\d+@example\.com$/) },
  })
})

test('who wrote the version may approve where its runbook lets one person do both', async () => {
  expect(await code(author.approvals.decide(yes(await asked({ minutes: 15, allowRequester: true }))))).toBeNull()
})

test('an approval whose time is over is refused and on record, and the run hears nothing of it', async () => {
  const runId = await asked({ minutes: -1 })
  expect(await code(other.approvals.decide(yes(runId)))).toBe('approval-expired')
  expect(await recorded(runId)).toMatchObject([{ action: 'approvals.refused', detail: { code: 'approval-expired' } }])
  expect(world.engine.decided.some((one) => one.runId === runId)).toBe(false)
})

test('what the run does not take is on record as well', async () => {
  const runId = await asked({ minutes: 15 })
  world.engine.down = new ApiError(temporalUnreachable)
  expect(await code(other.approvals.decide(yes(runId)))).toBe('temporal-unreachable')
  expect((await recorded(runId)).map(({ action }) => action).toSorted()).toEqual([
    'approvals.decide',
    'approvals.refused',
  ])
})

test('the page learns who is behind tokens', async () => {
  const runId = await asked({ minutes: 15 })
  expect(await author.approvals.get({ runId, stepId: 'approve' })).toMatchObject({
    people: {
      requester: expect.stringMatching(/^operator-/),
      authors: [expect.stringMatching(/^admin-/)],
      saidYes: [],
    },
  })
})
