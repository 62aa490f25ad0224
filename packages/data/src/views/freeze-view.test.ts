import { expect, test } from 'vitest'
import { createDataService } from '../query/create-data-service.ts'
import { modelFile } from '../model/model.ts'
import type { Source } from '../sources/source.ts'
import { freezeView } from './freeze-view.ts'
import { frozenMeasures } from './view.ts'

const counter = (select: string) => ({
  title: `All ${select}`,
  kind: 'counter',
  unit: 'requests/min',
  bad: 'down',
  select,
})
const model = modelFile.parse({
  tenonModel: 1,
  entities: [{ id: 'pay', kind: 'service', title: 'Payment' }],
  tables: {
    pay: {
      entity: 'pay',
      source: 'store',
      dimensions: { host: 'host' },
      measures: { ok: counter('ok'), all: counter('all') },
    },
    shares: {
      measures: {
        success: {
          title: 'Success',
          kind: 'derived',
          unit: 'ratio',
          bad: 'down',
          formula: 'ok / all',
          inputs: { ok: 'pay.ok', all: 'pay.all' },
        },
      },
    },
  },
})

/** Answers every question with 5 for `ok` and 10 for all else, and counts what it is asked. */
function fiveOfTen() {
  const asked: string[] = []
  const source: Source = {
    async series({ measure, grid, groupBy, stepSeconds }) {
      asked.push(measure.select ?? '')
      const labels = Object.fromEntries(groupBy.map(({ label }) => [label, 'h1']))
      const value = measure.select === 'ok' ? 5 : 10
      return {
        values: [{ labels, samples: grid.map((t) => [t, value]) }],
        newest: [{ labels, samples: grid.map((t) => [t, t / 1000]) }],
        spans: [{ from: grid[0]!, to: grid.at(-1)!, windowSeconds: stepSeconds, intervalSeconds: 15 }],
        incomplete: null,
        expression: `ask(${measure.select})`,
      }
    },
    test: async () => ({ ok: true, detail: '' }),
    close: async () => undefined,
  }
  return { asked, data: createDataService({ model, sources: async () => null, own: { store: source } }) }
}

const t = Date.UTC(2026, 2, 1, 10)
const span = { from: t, to: t + 600_000, stepSeconds: 60, asOf: t + 600_000 }
const means = { kindOf: () => 'prometheus' }

test('values, labels, quality and the query of each measure are kept, and are read back as they were', async () => {
  const { data } = fiveOfTen()
  const [ok, success] = await freezeView(
    data,
    { ...span, series: [{ measure: 'pay.ok', groupBy: ['host'] }, { measure: 'shares.success' }] },
    means,
  )
  expect(ok).toMatchObject({
    title: 'Payment: All ok',
    unit: 'requests/min',
    series: [{ dimensions: { host: 'h1' }, quality: { completeness: 1 } }],
    query: { kind: 'source', source: 'store', sourceKind: 'prometheus', expression: 'ask(ok)' },
  })
  expect(success).toMatchObject({
    unit: 'ratio',
    query: {
      kind: 'derived',
      formula: 'ok / all',
      inputs: { ok: { expression: 'ask(ok)' }, all: { expression: 'ask(all)' } },
    },
  })
  expect(success?.series[0]?.points.every(([, value]) => value === 0.5)).toBe(true)
  expect(frozenMeasures.parse(JSON.parse(JSON.stringify([ok, success])))).toEqual([ok, success])
})

test('an unknown measure is refused, and too many points are', async () => {
  const { data } = fiveOfTen()
  await expect(freezeView(data, { ...span, series: [{ measure: 'pay.none' }] }, means)).rejects.toMatchObject({
    code: 'unknown-measure',
  })
  const long = { ...span, from: t - 9_000 * 60_000, series: Array.from({ length: 60 }, () => ({ measure: 'pay.ok' })) }
  await expect(freezeView(data, long, means)).rejects.toMatchObject({ code: 'query-too-large' })
})
