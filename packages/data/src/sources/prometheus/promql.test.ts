import { describe, expect, it } from 'vitest'
import { measure, type Measure } from '../../model/model.ts'
import { measureExpression, newestSampleExpression, sampleCountExpression } from './promql.ts'
import { oneOf } from '../../model/selector.ts'

const of = (fields: Partial<Measure>) => measure.parse({ title: 'M', unit: 'x', bad: 'down', ...fields })
const plain = { matchers: [], by: [], windowSeconds: 60 }
const narrowed = {
  matchers: [oneOf('zone', ['A']), oneOf('host', ['h1', 'h2'])],
  by: ['zone', 'version'],
  windowSeconds: 90,
}

describe('measureExpression', () => {
  it('gives counters as a rate per minute', () => {
    const counter = of({ kind: 'counter', select: 'x_total{outcome="ok"}' })
    expect(measureExpression(counter, plain)).toBe('sum (rate(x_total{outcome="ok"}[1m])) * 60')
    expect(measureExpression(counter, narrowed)).toBe(
      'sum by (zone, version) (rate(x_total{outcome="ok",zone="A",host=~"h1|h2"}[90s])) * 60',
    )
  })

  it('has no ratio where there was no traffic', () => {
    const ratio = of({ kind: 'ratio', of: 'bad_total', per: 'all_total' })
    expect(measureExpression(ratio, { ...plain, by: ['host'] })).toBe(
      'sum by (host) (rate(bad_total[1m])) / (sum by (host) (rate(all_total[1m])) > 0)',
    )
  })

  it('does not take rates of gauges', () => {
    const gauge = of({ kind: 'gauge', select: 'used' })
    expect(measureExpression(gauge, plain)).toBe('sum (avg_over_time(used[1m]))')
    expect(measureExpression({ ...gauge, aggregate: 'max' }, plain)).toBe('max (max_over_time(used[1m]))')
    expect(measureExpression({ ...gauge, aggregate: 'min' }, plain)).toBe('min (min_over_time(used[1m]))')
    const ratio = of({ kind: 'ratio', operands: 'gauge', of: 'used', per: 'limit' })
    expect(measureExpression(ratio, plain)).toBe(
      'sum (avg_over_time(used[1m])) / (sum (avg_over_time(limit[1m])) != 0)',
    )
  })

  it('takes quantiles of histograms over all that is grouped', () => {
    const histogram = of({ kind: 'histogram', quantile: 0.95, select: 'x_bucket' })
    expect(measureExpression(histogram, { ...plain, by: ['zone'], windowSeconds: 7200 })).toBe(
      'histogram_quantile(0.95, sum by (le, zone) (rate(x_bucket[2h])))',
    )
  })

  it('names the field that a model without checks lacks', () => {
    expect(() => measureExpression(of({ kind: 'counter' }), plain)).toThrow('"select"')
    expect(() => measureExpression(of({ kind: 'histogram', select: 'x' }), plain)).toThrow('"quantile"')
    expect(() => measureExpression(of({ kind: 'ratio', of: 'x', per: 'rate(x[5m])' }), plain)).toThrow('"per"')
  })
})

describe('what is asked about samples', () => {
  it('asks for the time of the samples themselves', () => {
    expect(newestSampleExpression(of({ kind: 'counter', select: 'x_total' }), narrowed)).toBe(
      'max by (zone, version) (timestamp(x_total{zone="A",host=~"h1|h2"}))',
    )
  })

  it('asks what a ratio is measured against, since a share of nothing is not known', () => {
    const ratio = of({ kind: 'ratio', of: 'bad_total', per: 'all_total' })
    expect(newestSampleExpression(ratio, plain)).toBe('max (timestamp(all_total))')
    expect(sampleCountExpression(ratio, 300)).toBe('max(count_over_time(all_total[5m]))')
  })
})
