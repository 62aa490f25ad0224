import { createDataService } from '@tenon/data'
import { expect, test } from 'vitest'
import { asOf, smallModel } from '../../../test/memory-data.ts'
import { readContext, runNode } from '../../../test/run-nodes.ts'

const many = Array.from({ length: 60 }, (_, n) => ({ id: `more-${n}`, kind: 'cache', attributes: { zone: 'A' } }))
const data = createDataService({
  model: { ...smallModel, entities: [...smallModel.entities, ...many] },
  sources: async () => null,
})
const list = (input: object) => runNode('ask.entities', input, readContext({ data, asOf }))

test('by kind and attributes, also those that are inherited', async () => {
  const result = await list({ kind: 'host', where: { zone: 'A', owner: 'payments' } })
  expect(result).toMatchObject({
    outcome: 'found',
    summary: 'pay-a',
    output: {
      ids: ['pay-a'],
      count: 1,
      entities: [{ id: 'pay-a', kind: 'host', title: 'pay-a', owner: null, attributes: { service: 'pay', zone: 'A' } }],
    },
  })
  expect(result.evidence?.[0]).toMatchObject({
    kind: 'table',
    rows: [{ id: 'pay-a', kind: 'host', owner: null, 'attribute service': 'pay', 'attribute zone': 'A' }],
  })
})

test('of many the first are given and all are counted', async () => {
  const result = await list({ kind: 'cache', limit: 2 })
  expect(result.output).toMatchObject({ ids: ['more-0', 'more-1'], count: 60 })
  expect(result.summary).toBe('60 of kind cache: more-0, more-1, more-2 and 57 more')
  expect(result.evidence?.[0]).toMatchObject({ subtitle: 'The first 50 of 60' })
})

test('every kind without one', async () => {
  expect((await list({ where: { service: 'pay' } })).output).toMatchObject({ ids: ['pay-a', 'pay-b'] })
})

test('nothing that matches is an outcome of its own', async () => {
  expect(await list({ kind: 'ghost' })).toMatchObject({ outcome: 'none', output: { ids: [], count: 0 }, evidence: [] })
})
