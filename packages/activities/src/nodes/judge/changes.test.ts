import { expect, test } from 'vitest'
import { asOf, memoryData, minute } from '../../../test/memory-data.ts'
import { change } from '../../../test/shop-history.ts'
import { readContext, runNode } from '../../../test/run-nodes.ts'

const onset = asOf - 5 * minute
const since = new Date(onset).toISOString()
const data = memoryData({ series: {} })

const place = (version: string) => ({
  entity: 'pay',
  localised: { zone: 'A', hosts: ['pay-a'], version, healthyZone: 'B' },
  cause: 'pay v2 fails on 1 of 2 hosts',
  lostPerMinute: 60,
})

const rank = (changes: ReturnType<typeof change>[], input: object = {}) =>
  runNode('judge.changes', { entity: 'pay', since, ...input }, readContext({ data, asOf, changes }))

const deploy = change('C-1', 'deploy', onset - 40_000, {
  title: 'Pay v2',
  scope: { entity: 'pay', hosts: ['pay-a'], version: 'v2' },
})

test('a change of the version that fails is very likely, in the words of what was localised', async () => {
  const result = await rank([deploy], { place: place('v2') })
  expect(result).toMatchObject({ outcome: 'found', output: { top: { id: 'C-1', secondsBeforeOnset: 40 } } })
  expect(result.hypotheses?.[0]).toMatchObject({ key: 'change:C-1', cause: 'pay v2 fails on 1 of 2 hosts' })
  expect(result.hypotheses?.[0]?.likelihood).toBeGreaterThan(0.9)
})

test('a change that only came at the right time is less likely than what is localised', async () => {
  const timed = change('C-2', 'config', onset - 40_000, { title: 'Limits', scope: { entity: 'pay' } })
  const [hypothesis] = (await rank([timed], { place: place('v2') })).hypotheses ?? []
  expect(hypothesis?.key).toBe('change:C-2')
  expect(hypothesis?.likelihood).toBeLessThanOrEqual(0.5)
  expect(hypothesis?.cause).toBe('change C-2 (Limits) broke it')
})

test('the cause is a clause: of a long list of names the first two, of a load test what it does', async () => {
  const title = 'Pay v2 to pay-a-1, pay-a-2, pay-a-3, pay-b-1, pay-b-2, pay-b-3'
  const all = [
    change('C-7', 'deploy', onset - 40_000, { title, scope: { entity: 'pay' } }),
    change('LT-1', 'load-test', onset - 90_000, { title: 'Peak of pay', scope: { entity: 'pay' } }),
  ]
  const causes = (await rank(all)).hypotheses?.map(({ cause }) => cause)
  expect(causes).toContain('change C-7 (Pay v2 to pay-a-1, pay-a-2 and 4 more) broke it')
  expect(causes).toContain('load test LT-1 (Peak of pay) weighs on it')
  const spread = await rank(all, { place: { entity: 'pay', localised: null } })
  expect(spread.hypotheses?.map(({ cause }) => cause)).toContain(
    'change C-7 (Pay v2 to pay-a-1, pay-a-2 and 4 more) broke pay',
  )
})

test('a place of another entity, or one that nobody names a cause for, does not count', async () => {
  for (const other of [{ ...place('v2'), entity: 'db' }, { ...place('v2'), cause: null }, { entity: 'pay' }, null]) {
    const [hypothesis] = (await rank([deploy], { place: other })).hypotheses ?? []
    expect(hypothesis?.against).toEqual(['only its time speaks for it'])
  }
})

test('what a place does not know is not held against a change', async () => {
  const [hypothesis] =
    (await rank([deploy], { place: { entity: 'pay', cause: 'pay-a is slow', localised: { hosts: ['pay-a'] } } }))
      .hypotheses ?? []
  expect(hypothesis).toMatchObject({ key: 'change:C-1', cause: 'pay-a is slow' })
})

test('a change of another version, after the onset, or of something unconnected is ruled out with the reason', async () => {
  const result = await rank(
    [
      { ...deploy, id: 'C-3', scope: { entity: 'pay', version: 'v3' } },
      change('C-4', 'deploy', onset + 4 * minute, { scope: { entity: 'pay' } }),
      change('C-5', 'deploy', onset - minute, { scope: { entity: 'elsewhere' } }),
    ],
    { place: place('v2') },
  )
  expect(result).toMatchObject({ outcome: 'none', output: { top: null }, hypotheses: [] })
  const [evidence] = result.evidence ?? []
  if (evidence?.kind !== 'changes') throw new Error('no changes')
  expect(Object.fromEntries(evidence.changes.map(({ id, reason }) => [id, reason]))).toEqual({
    'C-3': 'other version: v3, while v2 fails',
    'C-4': 'began 4 min after onset',
    'C-5': 'elsewhere has no path to pay',
  })
})

test('an old change of a neighbour is possible, not likely', async () => {
  const old = change('C-6', 'deploy', onset - 25 * minute, { scope: { entity: 'db' }, endedAt: onset - 24 * minute })
  expect(await rank([old])).toMatchObject({ outcome: 'inconclusive', output: { top: null } })
})

test.each([{ since: '' }, { since: null }, {}])('without an onset the time of the run counts: %o', async (input) => {
  expect(await rank([], { since: undefined, ...input })).toMatchObject({
    outcome: 'none',
    output: { since: new Date(asOf).toISOString() },
  })
})

test('what is no time or no entity is an error that says so', async () => {
  await expect(rank([], { since: 'yesterday' })).rejects.toMatchObject({ code: 'bad-input' })
  await expect(rank([], { entity: 'nobody' })).rejects.toMatchObject({ code: 'unknown-entity' })
})
