import { afterAll, beforeAll, expect, test } from 'vitest'
import { openWorld, type World } from '../test/world.ts'

let world: World

beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world?.close())

const by = 'ada@example.com'
const changes = [{ key: 'tables/payment', section: 'tables', op: 'add', title: 'pay\0ment' }]

test('a discovery runs, says what it does, and is decided once', async () => {
  const { modelProposals } = world.db
  const id = await modelProposals.begin('shop-metrics', by)
  await expect(modelProposals.begin('shop-metrics', by)).rejects.toMatchObject({
    code: 'discovery-running',
    detail: { proposalId: id },
  })
  // Another source is not held up by it.
  const other = await modelProposals.begin('other', by)
  expect(await modelProposals.progress(id, 'Reads names')).toBe(true)
  expect(await modelProposals.get(id)).toMatchObject({ state: 'running', summary: 'Reads names', changes: [] })
  await expect(modelProposals.decide(id, 'accepted', by)).rejects.toMatchObject({ code: 'proposal-decided' })
  expect(await modelProposals.finish(id, { summary: '1 table', changes, notes: ['one was left out'] })).toBe(true)
  expect(await modelProposals.get(id)).toMatchObject({
    state: 'open',
    // PostgreSQL takes no NUL.
    changes: [{ ...changes[0], title: 'pay\uFFFDment' }],
    notes: ['one was left out'],
  })
  expect(await modelProposals.progress(id, 'late')).toBe(false)
  await modelProposals.decide(id, 'accepted', by)
  await expect(modelProposals.decide(id, 'rejected', by)).rejects.toMatchObject({ code: 'proposal-decided' })
  await expect(modelProposals.decide('none', 'rejected', by)).rejects.toMatchObject({ code: 'unknown-proposal' })
  await modelProposals.fail(other, { code: 'source-unreachable', message: 'It does not answer.', fix: 'Start it.' })
  expect(await modelProposals.list()).toMatchObject([
    { id: other, state: 'failed', summary: 'It does not answer.' },
    { id, state: 'accepted', decidedBy: by },
  ])
})

test('one whose process died is seen as failed and does not hold the next one up', async () => {
  const { modelProposals } = world.db
  const id = await modelProposals.begin('lost', by)
  await world.sql(`UPDATE "model_proposal" SET "seenAt" = now() - interval '5 minutes' WHERE "id" = $1`, [id])
  expect(await modelProposals.get(id)).toMatchObject({ state: 'failed', error: { code: 'discovery-died' } })
  const next = await modelProposals.begin('lost', by)
  expect(next).not.toBe(id)
  expect(await modelProposals.finish(id, { summary: 'late', changes: [], notes: [] })).toBe(false)
})

test('what was found there before and nobody decided is over when it is found anew', async () => {
  const { modelProposals } = world.db
  const found = { summary: '1 table', changes, notes: [] }
  const [first, elsewhere] = [await modelProposals.begin('again', by), await modelProposals.begin('elsewhere', by)]
  await modelProposals.finish(first, found)
  await modelProposals.finish(elsewhere, found)
  const second = await modelProposals.begin('again', by)
  expect(await modelProposals.get(first)).toMatchObject({ state: 'open' })
  await modelProposals.finish(second, found)
  expect(await modelProposals.get(first)).toMatchObject({ state: 'rejected', decidedBy: 'a newer discovery' })
  expect(await modelProposals.get(second)).toMatchObject({ state: 'open' })
  expect(await modelProposals.get(elsewhere)).toMatchObject({ state: 'open' })
  expect(await modelProposals.finish(second, found)).toBe(false)
})
