import { expect, test } from 'vitest'
import { diagnosedPart } from './selected-time.ts'

const lines = (...dimensions: Record<string, string>[]) => dimensions.map((one) => ({ dimensions: one }))

test('a filter by one value is a part of what is diagnosed; by several it says nothing of which', () => {
  const where = { zone: ['A'], host: ['pay-a-1', 'pay-a-2'] }
  expect(diagnosedPart({ where, lines: lines({}) })).toEqual({ zone: 'A' })
})

test('the only line that is shown is meant, whatever others the answer has', () => {
  expect(diagnosedPart({ where: {}, lines: lines({ host: 'pay-a-1' }) })).toEqual({ host: 'pay-a-1' })
  expect(diagnosedPart({ where: {}, lines: lines({ host: 'pay-a-1' }, { host: 'pay-a-2' }) })).toEqual({})
  expect(diagnosedPart({ where: {}, lines: [] })).toEqual({})
})
