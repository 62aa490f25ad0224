import { expect, test } from 'vitest'
import { memoryData, asOf } from '../../../test/memory-data.ts'
import { readContext, runNode } from '../../../test/run-nodes.ts'

const ctx = readContext({ data: memoryData({ series: {} }), asOf })

const cases = (a: boolean, b: boolean) => ({
  cases: [
    { name: 'a', when: a },
    { name: 'b', when: b },
  ],
})

test.each([
  [true, true, 'a'],
  [false, true, 'b'],
  [false, false, 'otherwise'],
])('%s, %s goes %s', async (a, b, outcome) => {
  expect(await runNode('steer.switch', cases(a, b), ctx)).toMatchObject({ outcome, output: { case: outcome } })
})

test('needs a case', async () => {
  await expect(runNode('steer.switch', { cases: [] }, ctx)).rejects.toThrow('cases')
})
