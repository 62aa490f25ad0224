import { expect, test } from 'vitest'
import { readContext, runNode } from '../../../test/run-nodes.ts'
import { asOf, memoryData } from '../../../test/memory-data.ts'

const ctx = readContext({ data: memoryData({ series: {} }), asOf })

test.each([
  [true, 'yes'],
  [false, 'no'],
])('%s goes %s', async (condition, outcome) => {
  expect(await runNode('steer.branch', { condition }, ctx)).toMatchObject({ outcome, output: { condition } })
})

test('text is no condition', async () => {
  await expect(runNode('steer.branch', { condition: 'true' }, ctx)).rejects.toThrow('boolean')
})
