import type { StepResult } from '@tenon/runbook'
import { expect, test } from 'vitest'
import { asOf, memoryData, minute } from '../../../test/memory-data.ts'
import { change } from '../../../test/shop-history.ts'
import { readContext, runNode } from '../../../test/run-nodes.ts'
import type { ChainLossOutput } from './chain-loss-output.ts'

const onset = asOf - 5 * minute
const since = new Date(onset).toISOString()
const data = memoryData({ series: {} })

const loss = (version: string): StepResult => ({
  outcome: 'found',
  summary: '',
  output: {
    chain: 'buy',
    chainTitle: 'Purchase',
    step: 'pay',
    entity: 'pay',
    switchEntity: 'pay',
    since,
    expected: 480,
    actual: 420,
    deviation: -0.125,
    lostPerMinute: 60,
    parts: [],
    localised: { zone: 'A', hosts: ['pay-a'], version, healthyZone: 'B' },
    owner: null,
  } satisfies ChainLossOutput,
  hypotheses: [
    {
      kind: 'version',
      key: 'version:pay@v2',
      cause: 'pay v2 fails on 1 of 2 hosts',
      likelihood: 0.85,
      supports: [],
      against: [],
    },
  ],
})

const rank = (changes: ReturnType<typeof change>[], before?: StepResult, input: object = { since }) => {
  const steps = before ? [{ id: 'loss', type: 'judge.chain-loss', title: 'Loss', result: before }] : []
  return runNode('judge.changes', { entity: 'pay', ...input }, readContext({ data, asOf, changes }, steps))
}

const deploy = change('C-1', 'deploy', onset - 40_000, {
  title: 'Pay v2',
  scope: { entity: 'pay', hosts: ['pay-a'], version: 'v2' },
})

test('a change of the version that fails is very likely, in the words of what was localised', async () => {
  const result = await rank([deploy], loss('v2'))
  expect(result).toMatchObject({ outcome: 'found', output: { top: { id: 'C-1', secondsBeforeOnset: 40 } } })
  expect(result.hypotheses?.[0]).toMatchObject({ key: 'change:C-1', cause: 'pay v2 fails on 1 of 2 hosts' })
  expect(result.hypotheses?.[0]?.likelihood).toBeGreaterThan(0.9)
})

test('a change that only came at the right time is less likely than what is localised', async () => {
  const timed = change('C-2', 'config', onset - 40_000, { title: 'Limits', scope: { entity: 'pay' } })
  const [hypothesis] = (await rank([timed], loss('v2'))).hypotheses ?? []
  expect(hypothesis?.key).toBe('change:C-2')
  expect(hypothesis?.likelihood).toBeLessThanOrEqual(0.5)
})

test('a change of another version, after the onset, or of something unconnected is ruled out with the reason', async () => {
  const result = await rank(
    [
      { ...deploy, id: 'C-3', scope: { entity: 'pay', version: 'v3' } },
      change('C-4', 'deploy', onset + 4 * minute, { scope: { entity: 'pay' } }),
      change('C-5', 'deploy', onset - minute, { scope: { entity: 'elsewhere' } }),
    ],
    loss('v2'),
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
  expect(await rank([], undefined, input)).toMatchObject({
    outcome: 'none',
    output: { since: new Date(asOf).toISOString() },
  })
})

test('what is no time or no entity is an error that says so', async () => {
  await expect(rank([], undefined, { since: 'yesterday' })).rejects.toMatchObject({ code: 'bad-input' })
  await expect(rank([], undefined, { entity: 'nobody' })).rejects.toMatchObject({ code: 'unknown-entity' })
})
