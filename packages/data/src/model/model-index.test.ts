import { describe, expect, it } from 'vitest'
import { createDataService } from '../query/create-data-service.ts'
import { dimensionValue, indexModel } from './model-index.ts'
import { modelFile } from './model.ts'
import { planQuery } from '../query/query-plan.ts'

const measure = (title: string) => ({ title, kind: 'counter', unit: 'requests/min', bad: 'down', select: 'x_total' })
const model = modelFile.parse({
  tenonModel: 1,
  entities: [
    { id: 'pay', kind: 'service' },
    { id: 'risk', kind: 'service' },
    { id: 'constructor', kind: 'toString' },
    { id: 'zone-A', kind: 'zone', attributes: { zone: 'A' } },
    { id: 'pay-1', kind: 'host', attributes: { service: 'pay', zone: 'A' } },
    { id: 'pay-2', kind: 'host', attributes: { service: 'pay', zone: 'B' } },
    { id: 'risk-1', kind: 'host', attributes: { service: 'risk', zone: 'A' } },
    { id: 'loose', kind: 'host' },
  ],
  tables: {
    service: {
      each: 'service',
      source: 'metrics',
      dimensions: { service: 'app', zone: 'az', host: 'instance' },
      expected: {},
      measures: { ok: measure('OK'), all: measure('All') },
    },
    zone: { each: 'zone', source: 'metrics', dimensions: { zone: 'az' }, measures: { power: measure('Power') } },
    risk: { entity: 'risk', source: 'metrics', measures: { ok: measure("Risk's own") } },
  },
  relations: [{ from: 'pay', to: 'risk', kind: 'calls', by: 'metrics' }],
})
const index = indexModel(model)
const query = { from: 0, to: 60_000, stepSeconds: 60, asOf: 60_000 }

describe('a measure of a table of each', () => {
  it('is asked as a whole by the table, and of one entity by the entity', () => {
    expect(index.measure('service.ok')).toMatchObject({
      entity: null,
      where: {},
      dimensions: ['service', 'zone', 'host'],
    })
    expect(index.measure('pay.ok')).toMatchObject({
      ref: 'pay.ok',
      tableId: 'service',
      entity: 'pay',
      where: { service: 'pay' },
      dimensions: ['zone', 'host'],
    })
  })

  it('comes after a table of the same name', () => {
    expect(index.measure('risk.ok')?.measure.title).toBe("Risk's own")
    expect(index.measure('risk.all')?.tableId).toBe('service')
    expect(index.measuresOf('risk').map(({ ref, tableId }) => [ref, tableId])).toEqual([
      ['risk.ok', 'risk'],
      ['risk.all', 'service'],
    ])
    expect(index.measuresUnder('risk').map(({ ref }) => ref)).toEqual(['risk.ok', 'risk.all'])
    expect(index.measuresUnder('service').map(({ ref }) => ref)).toEqual(['service.ok', 'service.all'])
  })

  it.each(['pay.no', 'no.ok', 'pay', 'pay.ok.ok', 'constructor.ok', '__proto__.ok', 'service.constructor', ''])(
    'is not found as %j',
    (ref) => {
      expect(index.measure(ref)).toBeNull()
    },
  )

  it('is filtered by what the source calls the entity', () => {
    expect(planQuery(model, { ...query, measure: 'zone-A.power' }).where).toEqual([
      { name: 'zone', label: 'az', values: ['A'] },
    ])
    expect(dimensionValue(index.entity('constructor')!)).toBe('constructor')
  })

  it('expects the reporters of that entity only, and those of which nothing is known', () => {
    const expected = (measure: string, where = {}) =>
      planQuery(model, { ...query, measure, where }).expected?.entities.map(({ id }) => id)
    expect(expected('pay.ok')).toEqual(['pay-1', 'pay-2', 'loose'])
    expect(expected('pay.ok', { zone: 'A' })).toEqual(['pay-1', 'loose'])
    expect(expected('service.ok', { zone: ['A', 'B'] })).toEqual(['pay-1', 'pay-2', 'risk-1', 'loose'])
  })

  it('cannot be asked of another entity', () => {
    expect(() => planQuery(model, { ...query, measure: 'pay.ok', where: { service: 'risk' } })).toThrow(
      expect.objectContaining({ code: 'bad-query', fix: 'Drop "service", or ask for "service.ok".' }),
    )
  })
})

describe('queries of a model', () => {
  const data = createDataService({ model, sources: async () => null })

  it('find entities by id, kind and attributes', async () => {
    const ids = async (asked: Parameters<typeof data.entity>[0]) => (await data.entity(asked)).map(({ id }) => id)
    expect(await ids({ kind: 'host', where: { zone: 'A' } })).toEqual(['pay-1', 'risk-1'])
    expect(await ids({ where: { service: 'pay' } })).toEqual(['pay-1', 'pay-2'])
    expect(await ids({ id: 'pay-1', kind: 'service' })).toEqual([])
    expect(await ids({ kind: 'nothing' })).toEqual([])
  })

  it('follow the kinds of relations that are asked for, and say by whom they are known', async () => {
    const links = async (kinds: ('calls' | 'runs-on')[]) =>
      (await data.relation({ entity: 'pay', direction: 'upstream', kinds })).links
    expect(await links(['calls'])).toEqual([{ from: 'pay', to: 'risk', kind: 'calls', by: 'metrics', hops: 1 }])
    expect(await links(['runs-on'])).toEqual([])
  })

  it('names a source that is not there', async () => {
    await expect(data.data({ ...query, measure: 'pay.ok' })).rejects.toMatchObject({
      code: 'unknown-source',
      message: 'The model reads from "metrics", and no connection is named so.',
    })
    await data.close()
  })
})
