import { describe, expect, it } from 'vitest'
import { DataError } from '../data-error.ts'
import { modelFile, type Measure } from '../model/model.ts'
import { indexModel } from '../model/model-index.ts'
import type { DataQuery, DataResult } from '../query/service.ts'
import { checkDerived } from './check-derived.ts'
import { runDerived } from './run-derived.ts'

const common = { title: 'x', bad: 'down' as const }
const counter = (unit: string) => ({ ...common, kind: 'counter' as const, unit, select: 'x' })
const derived = (formula: string, inputs: Record<string, string>, unit = 'ratio') => ({
  ...common,
  kind: 'derived' as const,
  unit,
  formula,
  inputs,
})

function modelWith(measures: Record<string, Partial<Measure>>) {
  return modelFile.parse({
    tenonModel: 1,
    entities: [
      { id: 'pay', kind: 'service' },
      { id: 'stock', kind: 'service' },
    ],
    tables: {
      market: { source: 'shop', measures: { orders: counter('orders/min') } },
      services: {
        each: 'service',
        source: 'metrics',
        dimensions: { service: 'service' },
        measures: {
          ok: counter('requests/min'),
          all: counter('requests/min'),
          wait: { ...counter('s'), kind: 'gauge' },
          slow: { ...counter('ms'), kind: 'gauge' },
          success: derived('ok / all', { ok: 'services.ok', all: 'services.all' }),
        },
      },
      flow: { dimensions: { zone: 'zone' }, measures },
    },
  })
}

function problems(measures: Record<string, Partial<Measure>>, id = 'it') {
  const index = indexModel(modelWith(measures))
  return checkDerived(index, index.measure(`flow.${id}`)!)
}

describe('checkDerived', () => {
  it.each([
    ['1 - paid / ordered', 'ratio'],
    ['ordered / 60', 'orders/s'],
    ['100 * paid / ordered', '%'],
    ['max(paid, failed) + paid', 'requests/min'],
    ['paid * wait', 'requests*s/min'],
    ['(wait + slow * 0.001) * 1000', 'ms'],
  ])('takes %s in %s', (formula, unit) => {
    const all = {
      paid: 'services.ok',
      failed: 'pay.all',
      ordered: 'market.orders',
      wait: 'services.wait',
      slow: 'services.slow',
    }
    const inputs = Object.fromEntries(Object.entries(all).filter(([name]) => formula.includes(name)))
    expect(problems({ it: derived(formula, inputs, unit) })).toEqual([])
  })

  it.each([
    [
      'paid + wait',
      { paid: 'services.ok', wait: 'services.wait' },
      ['formula'],
      /"requests\/min" and "s" cannot be added \(column 6\)/,
    ],
    ['ordered - paid', { paid: 'services.ok', ordered: 'market.orders' }, ['formula'], /cannot be subtracted/],
    ['wait + slow', { wait: 'services.wait', slow: 'services.slow' }, ['formula'], /cannot be added/],
    ['1 + wait', { wait: 'services.wait' }, ['formula'], /"ratio" and "s"/],
    ['paid', { paid: 'services.ok' }, ['unit'], /gives "requests\/min", and the unit is said to be "ratio"/],
    ['paid /', { paid: 'services.ok' }, ['formula'], /ends too early \(column 7 of "paid \/"\)/],
    ['paid / order', { paid: 'services.ok', ordered: 'market.orders' }, ['formula'], /"order" is not among/],
    ['paid / paid', { paid: 'services.ok', ordered: 'market.orders' }, ['inputs', 'ordered'], /does not use "ordered"/],
    ['paid', { paid: 'services.okay' }, ['inputs', 'paid'], /no measure "services.okay"/],
  ])('refuses %s', (formula, inputs, path, message) => {
    const found = problems({ it: derived(formula, inputs) })
    expect(found).toContainEqual({ path, message: expect.stringMatching(message), fix: expect.stringMatching(/./) })
  })

  it('refuses circles, depth and breadth', () => {
    const circle = { it: derived('a', { a: 'flow.other' }), other: derived('a', { a: 'flow.it' }) }
    expect(problems(circle)[0]!.message).toBe('it is computed from itself: flow.it from flow.other from flow.it')
    expect(problems({ it: derived('a', { a: 'flow.it' }) })[0]!.message).toMatch(/itself/)
    const chain = Object.fromEntries(
      Array.from({ length: 7 }, (_, index) => [
        `m${index}`,
        derived('a / 1', { a: index === 0 ? 'services.success' : `flow.m${index - 1}` }),
      ]),
    )
    expect(problems(chain, 'm3')).toEqual([])
    expect(problems(chain, 'm6')[0]!.message).toMatch(/more than 5 deep/)
    const ten = (ref: string) => {
      const names = Array.from({ length: 10 }, (_, index) => `x${index}`)
      return derived(names.join(' + '), Object.fromEntries(names.map((name) => [name, ref])))
    }
    const broad = { a: ten('services.success'), b: ten('flow.a'), c: ten('flow.b'), it: ten('flow.c') }
    expect(problems(broad)[0]!.message).toMatch(/more than 100 measures/)
  })
})

const t = (index: number) => index * 60_000
const query: DataQuery = { measure: 'flow.it', from: 0, to: t(2), stepSeconds: 60, asOf: t(2) }
const whole = { completeness: 1, freshnessSeconds: 5, notes: [] }

function answer(
  series: { dimensions?: Record<string, string>; values: (number | null)[]; quality?: object }[],
): DataResult {
  return {
    measure: 'x',
    unit: 'x',
    series: series.map(({ dimensions = {}, values, quality = {} }) => ({
      dimensions,
      points: values.map((value, index) => [t(index), value]),
      quality: { ...whole, ...quality },
    })),
    quality: { ...whole, ...series[0]?.quality },
    query: {
      source: 's',
      expression: 'expr',
      from: '1970-01-01T00:00:00.000Z',
      to: '1970-01-01T00:02:00.000Z',
      stepSeconds: 60,
    },
  }
}

async function run(
  answers: Record<string, DataResult | DataError>,
  {
    ref = 'flow.it',
    measure = derived('paid / ordered', { paid: 'services.ok', ordered: 'market.orders' }),
    ...more
  }: { ref?: string; measure?: ReturnType<typeof derived> } & Partial<Omit<DataQuery, 'measure'>> = {},
) {
  const index = indexModel(modelWith({ it: measure }))
  const asked: DataQuery[] = []
  const result = await runDerived({
    index,
    place: index.measure(ref)!,
    query: { ...query, ...more },
    depth: 0,
    async ask(input) {
      asked.push(input)
      const found = answers[input.measure]
      if (found instanceof DataError) throw found
      if (!found) throw new Error(`nobody asked for ${input.measure}`)
      return found
    },
  })
  return { result, asked }
}

describe('runDerived', () => {
  it('computes on one grid, and says what was asked of each input', async () => {
    const { result, asked } = await run(
      {
        'services.ok': answer([{ values: [8, null, 9] }]),
        'market.orders': answer([{ values: [10, 10, 10] }]),
      },
      { where: { zone: 'A' } },
    )
    expect(result.series[0]!.points).toEqual([
      [0, 0.8],
      [t(1), null],
      [t(2), 0.9],
    ])
    expect(result).toMatchObject({ unit: 'ratio', quality: whole, query: { source: 's' } })
    expect(result.query.expression).toBe('paid / ordered\npaid = expr  [s]\nordered = expr  [s]')
    expect(asked.map(({ where, asOf }) => ({ where, asOf }))).toEqual([
      { where: { zone: 'A' }, asOf: t(2) },
      { where: { zone: 'A' }, asOf: t(2) },
    ])
  })

  it('matches groups by their dimensions, and has no value where one has none', async () => {
    const { result } = await run(
      {
        'services.ok': answer([
          { dimensions: { zone: 'B' }, values: [4, 4, 4] },
          { dimensions: { zone: 'A' }, values: [1, 1, 1] },
        ]),
        'market.orders': answer([
          { dimensions: { zone: 'A' }, values: [2, 2, 2] },
          { dimensions: { zone: 'C' }, values: [2, 2, 2] },
        ]),
      },
      { groupBy: ['zone'] },
    )
    expect(result.series.map(({ dimensions, points }) => [dimensions.zone, points[0]![1]])).toEqual([
      ['A', 0.5],
      ['B', null],
      ['C', null],
    ])
    expect(result.series[1]!.quality).toMatchObject({
      completeness: 0,
      freshnessSeconds: null,
      notes: ['"ordered" has no such series'],
    })
  })

  it('is as good as the worst of its inputs', async () => {
    const { result } = await run({
      'services.ok': answer([
        { values: [1, 1, 1], quality: { completeness: 0.5, resolutionSeconds: 15, notes: ['h1: lost'] } },
      ]),
      'market.orders': answer([{ values: [1, 1, 1], quality: { freshnessSeconds: 70, resolutionSeconds: 60 } }]),
    })
    expect(result.quality).toEqual({
      completeness: 0.5,
      freshnessSeconds: 70,
      resolutionSeconds: 60,
      notes: ['h1: lost'],
    })
    expect(result.series[0]!.quality).toEqual(result.quality)
  })

  it('says that there was no traffic, and never takes it for a value', async () => {
    const some = await run({
      'services.ok': answer([{ values: [0, 1, 1] }]),
      'market.orders': answer([{ values: [0, 0, 2] }]),
    })
    expect(some.result.series[0]!.points.map(([, value]) => value)).toEqual([null, null, 0.5])
    expect(some.result.quality).toEqual({
      ...whole,
      notes: [
        'no traffic at 1 of 3 times: zero by zero has no value',
        'divided by zero at 1 of 3 times: no value there',
      ],
    })
    const none = await run({
      'services.ok': answer([{ values: [0, 0, 0] }]),
      'market.orders': answer([{ values: [0, 0, 0] }]),
    })
    expect(none.result.quality).toEqual({
      ...whole,
      completeness: 0,
      notes: ['no value at any time: there was no traffic'],
    })
  })

  it('asks for one entity what is of that entity', async () => {
    const { asked } = await run(
      { 'pay.ok': answer([{ values: [1, 1, 1] }]), 'pay.all': answer([{ values: [1, 1, 1] }]) },
      { ref: 'pay.success' },
    )
    expect(asked.map(({ measure }) => measure)).toEqual(['pay.ok', 'pay.all'])
  })

  it('says by which input a filter is not known', async () => {
    const unknown = new DataError('unknown-dimension', '"market.orders" has no dimension "zone".', { fix: 'Drop it.' })
    const failed = run({ 'services.ok': answer([{ values: [1] }]), 'market.orders': unknown }, { where: { zone: 'A' } })
    await expect(failed).rejects.toMatchObject({
      code: 'unknown-dimension',
      message: '"flow.it" is computed from "market.orders". "market.orders" has no dimension "zone".',
    })
  })
})
