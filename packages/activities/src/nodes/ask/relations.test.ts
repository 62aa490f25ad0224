import { createDataService } from '@tenon/data'
import { expect, test } from 'vitest'
import { asOf, smallModel } from '../../../test/memory-data.ts'
import { readContext, runNode } from '../../../test/run-nodes.ts'

const [calls, stores] = smallModel.relations
const data = createDataService({
  model: { ...smallModel, relations: [{ ...calls!, by: 'metrics: calls' }, stores!] },
  sources: async () => null,
})
const ask = (input: object) => runNode('ask.relations', input, readContext({ data, asOf }))

test('what it depends on, hop by hop, with who says so', async () => {
  const result = await ask({ entity: 'market', depth: 2 })
  expect(result).toMatchObject({
    outcome: 'found',
    summary: 'market: pay and db',
    output: {
      ids: ['pay', 'db'],
      links: [
        { from: 'market', to: 'pay', kind: 'calls', hops: 1, by: 'metrics: calls' },
        { from: 'pay', to: 'db', kind: 'stores-in', hops: 2, by: null },
      ],
    },
  })
  expect(result.evidence?.[0]).toMatchObject({
    kind: 'topology',
    nodes: [{ id: 'market' }, { id: 'pay' }, { id: 'db' }],
    edges: [
      { from: 'market', to: 'pay' },
      { from: 'pay', to: 'db' },
    ],
  })
})

test('the other way, and only some kinds', async () => {
  expect((await ask({ entity: 'pay', direction: 'downstream' })).output).toMatchObject({ ids: ['market'] })
  expect((await ask({ entity: 'pay', direction: 'both', kinds: ['stores-in'] })).output).toMatchObject({ ids: ['db'] })
})

test('nothing that is linked is an outcome of its own', async () => {
  expect(await ask({ entity: 'db' })).toMatchObject({
    outcome: 'none',
    summary: 'Nothing is linked to db that way',
    output: { ids: [], links: [] },
    evidence: [],
  })
})

test('an entity that is not there is an error that says so', async () => {
  await expect(ask({ entity: 'nobody' })).rejects.toMatchObject({ code: 'unknown-entity' })
})
