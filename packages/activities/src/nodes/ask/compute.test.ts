import type { ComputeAskInput, ComputeResult } from '@tenon/data'
import { expect, test } from 'vitest'
import { asOf, memoryData, minute } from '../../../test/memory-data.ts'
import { readContext, runNode } from '../../../test/run-nodes.ts'

const answer: ComputeResult = {
  columns: [
    { name: 'method', type: 'text' },
    { name: 'count', type: 'number' },
  ],
  rows: [
    ['GET', 40],
    ['POST', 2],
  ],
  notes: ['1 line is not of the format and not counted.'],
  bounds: {
    rows: { limit: 1000, used: 2 },
    bytes: { limit: 1000, used: 100 },
    seconds: { limit: 60, used: 0.2 },
    isCut: false,
  },
  read: { matched: 42, outside: 0, malformed: 1 },
  query: 'SELECT 1',
  tookSeconds: 0.2,
}

async function run(input: object, computed: ComputeResult = answer) {
  const asked: ComputeAskInput[] = []
  const data = memoryData({
    series: {},
    compute(ask) {
      asked.push(ask)
      return computed
    },
  })
  const result = await runNode('ask.compute', { from: 'access', ...input }, readContext({ data, asOf }))
  return { result, ask: asked[0] }
}

test('asks what is written on its lines, until the time of the run', async () => {
  const { result, ask } = await run({
    window: '1h',
    of: 'pay',
    entities: ['pay-a'],
    where: { method: 'GET' },
    filters: ['status >= 500', 'path contains /api/v 1', 'agent exists'],
    groupBy: ['method'],
    aggregates: ['count', 'p99.9 took'],
    step: '1m',
    top: 5,
  })
  expect(ask).toEqual({
    from: 'access',
    range: { from: asOf - 60 * minute, to: asOf },
    entities: { kind: 'host', of: 'pay', ids: ['pay-a'] },
    where: [
      { field: 'method', op: '=', value: 'GET' },
      { field: 'status', op: '>=', value: 500 },
      { field: 'path', op: 'contains', value: '/api/v 1' },
      { field: 'agent', op: 'exists' },
    ],
    groupBy: ['method'],
    aggregates: [
      { fn: 'count', as: 'count' },
      { fn: 'quantile', field: 'took', quantile: 0.999, as: 'p99.9_took' },
    ],
    stepSeconds: 60,
    top: { by: 'count', count: 5 },
  })
  expect(result).toMatchObject({
    outcome: 'found',
    summary: '2 groups of 42 lines',
    output: { value: 40, malformed: 1 },
  })
  const [evidence] = result.evidence ?? []
  expect(evidence).toMatchObject({
    kind: 'table',
    rows: [
      { method: 'GET', count: 40 },
      { method: 'POST', count: 2 },
    ],
  })
})

test('a connection is asked beside the model', async () => {
  const { ask } = await run({ connection: 'logs', from: 'app/{host}.log', parse: 'logfmt', time: 'ts' })
  expect(ask).toMatchObject({ from: { source: 'logs', from: 'app/{host}.log' }, parse: 'logfmt', time: 'ts' })
  expect(ask).not.toHaveProperty('entities')
})

test('what is too long to be kept with a run is cut and said', async () => {
  const rows = Array.from({ length: 900 }, (_, index): [string, number] => ['x'.repeat(1_000), index])
  const { result } = await run({ groupBy: ['path'] }, { ...answer, rows })
  expect(JSON.stringify(result.output).length).toBeLessThan(250_000)
  expect(result.output).toMatchObject({
    isCut: true,
    notes: expect.arrayContaining([expect.stringContaining('too long')]),
  })
})

test('where nothing matches, the outcome says so', async () => {
  const none = { ...answer, rows: [[null, 0]], read: { matched: 0, outside: 7, malformed: 0 } }
  expect((await run({}, none)).result).toMatchObject({ outcome: 'nothing', summary: 'Nothing of access matches' })
})

test.each([
  [{ aggregates: ['median took'] }, 'median took'],
  [{ aggregates: ['sum'] }, 'sum'],
  [{ filters: ['status 500'] }, 'status 500'],
  [{ filters: ['status >='] }, 'status >='],
  [{ step: 'often' }, 'often'],
  [{ until: 'yesterday' }, 'yesterday'],
])('what cannot be read is refused by name: %j', async (input, named) => {
  await expect(run(input)).rejects.toMatchObject({ code: 'bad-input', message: expect.stringContaining(named) })
})
