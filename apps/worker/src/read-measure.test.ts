import { createDataService, modelFile } from '@tenon/data'
import { expect, test } from 'vitest'
import { createReadMeasure } from './read-measure.ts'

const now = Date.UTC(2026, 9, 1, 14)
const model = modelFile.parse({
  tenonModel: 1,
  entities: [{ id: 'payment', kind: 'service' }],
  tables: {
    payment: {
      entity: 'payment',
      source: 'store',
      dimensions: { zone: 'zone' },
      measures: { busy: { title: 'Busy', kind: 'gauge', unit: 'ratio', bad: 'up', select: 'busy' } },
    },
  },
})

/** Over a source whose newest sample is so old; null: that does not answer. */
function readerOf(ageSeconds: number | null, failed: string[] = []) {
  const data = createDataService({
    model,
    sources: async () => null,
    own: {
      store: {
        async series({ grid, stepSeconds }) {
          if (ageSeconds === null) throw new Error('away')
          const at = now - ageSeconds * 1000
          return {
            values: [{ labels: {}, samples: grid.map((t) => [t, 0.4]) }],
            newest: [{ labels: {}, samples: grid.map((t) => [t, at / 1000]) }],
            spans: [{ from: grid[0]!, to: grid.at(-1)!, windowSeconds: stepSeconds, intervalSeconds: 5 }],
            incomplete: null,
            expression: 'busy',
          }
        },
        test: async () => ({ ok: true, detail: '' }),
        close: async () => undefined,
      },
    },
  })
  return createReadMeasure({
    data: async () => data,
    graceSeconds: 60,
    clock: { now: () => now },
    onError: (what) => void failed.push(what),
  })
}
const busy = { measure: 'payment.busy', where: { zone: 'B' } }

test('reads the newest value, with its unit and the time that it is of', async () => {
  expect(await readerOf(10)(busy)).toEqual({
    unit: 'ratio',
    newest: { value: 0.4, at: now - 10_000, from: now - 25_000 },
  })
})

test('what is too old, or not answered, is no value', async () => {
  expect(await readerOf(120)(busy)).toEqual({ unit: 'ratio', newest: null })
  const failed: string[] = []
  expect(await readerOf(null, failed)(busy)).toEqual({ unit: 'ratio', newest: null })
  expect(failed).toEqual(['the measure payment.busy'])
})

test.each([
  ['a measure', { ...busy, measure: 'payment.bussy' }, 'payment.bussy', 'Did you mean "payment.busy"?'],
  ['a dimension', { ...busy, where: { zoen: 'B' } }, 'zoen', 'Did you mean "zone"?'],
])('%s that the model does not have is refused, with what was meant', async (_name, watched, name, fix) => {
  await expect(readerOf(10)(watched)).rejects.toMatchObject({
    code: 'bad-request',
    message: expect.stringContaining(name),
    fix,
  })
})
