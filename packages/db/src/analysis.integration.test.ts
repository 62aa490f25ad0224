import { afterAll, beforeAll, expect, test } from 'vitest'
import { openWorld, type World } from '../test/world.ts'

let world: World

beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world?.close())

const t = 1_700_000_000_000
const everything = { measure: 'abnormal', where: {}, from: 0, to: t * 2, maximumPoints: 100 }

test('points are found by measure, labels and time; one that is told twice counts once', async () => {
  const { analysis } = world.db
  const pay = { runbook: 'payment-drop', step: 'it"s \\ here' }
  await analysis.record([
    {
      measure: 'abnormal',
      labels: pay,
      points: [
        [t, 1],
        [t + 1, 0.25],
      ],
    },
    {
      measure: 'abnormal',
      labels: { ...pay, step: 'other' },
      points: [
        [t, 0],
        [t, Number.NaN],
      ],
    },
    { measure: 'confidence', labels: pay, points: [[t, 0.9]] },
  ])
  // The same series, its labels in another order.
  await analysis.record([{ measure: 'abnormal', labels: { step: pay.step, runbook: pay.runbook }, points: [[t, 0]] }])
  expect(await analysis.read({ ...everything, where: { step: [pay.step] } })).toEqual({
    complete: true,
    series: [
      {
        measure: 'abnormal',
        labels: pay,
        points: [
          [t, 0],
          [t + 1, 0.25],
        ],
      },
    ],
  })
  expect((await analysis.read(everything)).series).toHaveLength(2)
  expect((await analysis.read({ ...everything, where: { zone: ['A'] } })).series).toEqual([])
  // After `from`, up to `to`.
  expect((await analysis.read({ ...everything, from: t, to: t + 1 })).series[0]?.points).toEqual([[t + 1, 0.25]])
})

test('more than asked for is cut, and said', async () => {
  const cut = await world.db.analysis.read({ ...everything, maximumPoints: 2 })
  expect(cut.complete).toBe(false)
  expect(cut.series.flatMap(({ points }) => points)).toHaveLength(2)
})

test('what is too old is dropped with its series', async () => {
  const { analysis } = world.db
  await analysis.record([{ measure: 'abnormal', labels: { step: 'new' }, points: [[t + 100, 1]] }])
  expect(await analysis.forgetBefore(t + 50)).toBe(4)
  expect(await world.sql('SELECT count(*)::int AS "n" FROM "analysis_series"')).toEqual([{ n: 1 }])
})
