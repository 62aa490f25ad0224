import { expect, test } from 'vitest'
import { aboutOf, diagnosedPart } from './selected-time.ts'

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

test('a time in the past is looked at as it was; a range that ends now is now', () => {
  const span = { from: Date.parse('2026-03-01T10:00:00Z'), to: Date.parse('2026-03-01T10:20:00Z') }
  expect(aboutOf({ range: { from: 'now-1h', to: 'now' }, span })).toEqual({})
  expect(aboutOf({ range: { from: String(span.from), to: String(span.to) }, span })).toEqual({
    since: '2026-03-01T10:00:00.000Z',
    until: '2026-03-01T10:20:00.000Z',
  })
})
