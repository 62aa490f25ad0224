import { describe, expect, it } from 'vitest'
import { frozenAsk, frozenEvidence, frozenQueries, whereWords } from './frozen-evidence.ts'

const line = (dimensions: Record<string, string>) => ({ dimensions })
const measure = 'payment.succeeded'

describe('what a view of the chart asks for', () => {
  it('is the measure as it is, when nothing was left out', () => {
    const where = { zone: ['A'] }
    expect(frozenAsk({ lines: [line({})], total: 1 }, { measure, where, groupBy: [] })).toEqual([{ measure, where }])
    const lines = [line({ host: 'a' }), line({ host: 'b' })]
    expect(frozenAsk({ lines, total: 2 }, { measure, where, groupBy: ['host'] })).toEqual([
      { measure, where, groupBy: ['host'] },
    ])
  })
  it('is exactly the chosen lines of one dimension', () => {
    const lines = [line({ host: 'a' }), line({ host: 'c' })]
    expect(frozenAsk({ lines, total: 120 }, { measure, where: {}, groupBy: ['host'] })).toEqual([
      { measure, where: { host: ['a', 'c'] }, groupBy: ['host'] },
    ])
  })
  it('is one question a line of several dimensions, since their values belong together', () => {
    const lines = [line({ zone: 'A', version: 'v2' }), line({ zone: 'B', version: 'v1' })]
    expect(frozenAsk({ lines, total: 4 }, { measure, where: {}, groupBy: ['zone', 'version'] })).toEqual([
      { measure, where: { zone: ['A'], version: ['v2'] }, groupBy: ['zone', 'version'] },
      { measure, where: { zone: ['B'], version: ['v1'] }, groupBy: ['zone', 'version'] },
    ])
  })
})

describe('a frozen measure', () => {
  it('has the queries of all its inputs, each once', () => {
    const source = (expression: string) => ({
      kind: 'source' as const,
      source: 'shop',
      sourceKind: 'prometheus',
      expression,
    })
    const queries = frozenQueries(
      {
        kind: 'derived',
        formula: 'paid / ordered',
        inputs: { paid: source('a'), ordered: source('b'), again: source('a') },
      },
      { from: '2026-11-29T10:00:00Z', to: '2026-11-29T11:00:00Z', stepSeconds: 60 },
    )
    expect(queries.map(({ expression }) => expression)).toEqual(['paid / ordered', 'a', 'b'])
  })
  it('is drawn by the names of its lines', () => {
    const frozen = {
      measure,
      title: 'Payment: Succeeded',
      unit: 'requests/min',
      where: { zone: 'A', host: ['a', 'b'] },
      series: [{ dimensions: { host: 'a' }, points: [[1, 2]] as [number, number | null][] }],
    }
    expect(frozenEvidence(frozen).series).toEqual([{ name: 'a', points: [[1, 2]] }])
    expect(whereWords(frozen.where)).toBe('zone A, host a or b')
    expect(whereWords({})).toBe('')
  })
})
