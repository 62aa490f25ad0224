import { describe, expect, it } from 'vitest'
import { modelFile } from '../model/model.ts'
import { planQuery } from './query-plan.ts'

const model = modelFile.parse({
  tenonModel: 1,
  entities: [
    { id: 'h1', kind: 'host', attributes: { service: 'pay', zone: 'A' } },
    { id: 'h2', kind: 'host', attributes: { service: 'pay', zone: 'B' } },
  ],
  tables: {
    pay: {
      entity: 'pay',
      source: 'metrics',
      dimensions: { zone: 'az', host: 'instance', version: 'version' },
      expected: { service: 'pay' },
      measures: { ok: { title: 'OK', kind: 'counter', unit: 'x', bad: 'down', select: 'x_total' } },
    },
  },
})
const base = { measure: 'pay.ok', from: 0, to: 600_000, stepSeconds: 60, asOf: 600_000 }

describe('planQuery', () => {
  it('turns dimensions into labels and narrows what must report', () => {
    const plan = planQuery(model, { ...base, where: { zone: 'A', version: ['v1', 'v2'] }, groupBy: ['host', 'host'] })
    expect(plan.groupBy).toEqual([{ name: 'host', label: 'instance' }])
    expect(plan.where.map(({ label }) => label)).toEqual(['az', 'version'])
    expect(plan.expected?.entities.map(({ id }) => id)).toEqual(['h1'])
  })

  it('ends at asOf', () => {
    expect(planQuery(model, { ...base, asOf: 130_000 }).grid).toEqual([0, 60_000, 120_000])
  })

  it.each([
    [{ measure: 'pay.okay' }, 'unknown-measure', '"pay.ok"'],
    [{ measure: 'toString.call' }, 'unknown-measure', ''],
    [{ measure: 'pay' }, 'unknown-measure', ''],
    [{ groupBy: ['zones'] }, 'unknown-dimension', '"zone"'],
    [{ where: { hasOwnProperty: 'x' } }, 'unknown-dimension', ''],
    [{ where: { host: [] } }, 'bad-query', 'drop the filter'],
    [{ from: 700_000 }, 'bad-query', '"from"'],
    [{ asOf: -1 }, 'bad-query', '"asOf"'],
    [{ stepSeconds: 0 }, 'bad-query', '1 s'],
    [{ from: Number.NaN }, 'bad-query', 'milliseconds'],
    [{ to: 86_400_000, asOf: 86_400_000, stepSeconds: 5 }, 'query-too-large', 'at least 8 s'],
  ])('refuses %j', (change, code, fix) => {
    expect(() => planQuery(model, { ...base, ...change })).toThrow(
      expect.objectContaining({ code, fix: expect.stringContaining(fix) }),
    )
  })
})
