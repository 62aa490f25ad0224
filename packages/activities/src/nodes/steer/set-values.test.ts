import { expect, test } from 'vitest'
import { memoryData, asOf } from '../../../test/memory-data.ts'
import { readContext, runNode } from '../../../test/run-nodes.ts'

const ctx = readContext({ data: memoryData({ series: {} }), asOf })

test('gives its values as they are', async () => {
  const values = { zone: 'A', hosts: ['pay-a-1'] }
  expect(await runNode('steer.set-values', { values }, ctx)).toMatchObject({ outcome: 'done', output: values })
})

test('values have names', async () => {
  await expect(runNode('steer.set-values', { values: ['a'] }, ctx)).rejects.toThrow('record')
})
