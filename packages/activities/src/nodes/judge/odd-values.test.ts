import { expect, test } from 'vitest'
import { asOf, memoryData, minute, whole, wobbling } from '../../../test/memory-data.ts'
import { readContext, runNode } from '../../../test/run-nodes.ts'

const look = (at: (t: number) => number | null, input: object = {}, quality = whole) =>
  runNode(
    'judge.odd-values',
    { measure: 'market.orders', ...input },
    readContext({ data: memoryData({ series: { 'market.orders': [{ at }] }, quality }), asOf }),
  )

/** Noise of about 2 %, the same for the same time. */
const noisy = (t: number) => 500 * (1 + 0.02 * Math.sin(t / 7_919) * Math.cos(t / 31_337))

test('a quiet window has nothing odd, with a band around what was expected', async () => {
  const result = await look(noisy)
  expect(result).toMatchObject({ outcome: 'nothing', output: { findings: [], newest: null } })
  const [chart] = result.evidence ?? []
  if (chart?.kind !== 'series') throw new Error('no chart')
  expect(chart.band?.length).toBeGreaterThan(300)
})

test('a drop for some minutes and a fall that stayed are told apart, newest last', async () => {
  const [drop, fall] = [asOf - 240 * minute, asOf - 60 * minute]
  const result = await look((t) => noisy(t) * ((t > drop && t <= drop + 4 * minute) || t > fall ? 0.5 : 1))
  expect(result.outcome).toBe('odd')
  const { findings, newest } = result.output as { findings: { kind: string; from: string }[]; newest: string }
  expect(findings.map(({ kind }) => kind)).toEqual(['spike', 'level'])
  expect(Math.abs(Date.parse(findings[0]!.from) - drop)).toBeLessThanOrEqual(3 * minute)
  expect(Math.abs(Date.parse(newest) - fall)).toBeLessThanOrEqual(3 * minute)
  expect(result.evidence?.map(({ kind }) => kind)).toEqual(['series', 'table'])
})

test('a gap is no fault of the measure, but is listed', async () => {
  const result = await look((t) => (t > asOf - 200 * minute && t < asOf - 180 * minute ? null : noisy(t)))
  const { findings } = result.output as { findings: { kind: string }[] }
  expect(findings.map(({ kind }) => kind)).toEqual(['gap'])
  expect(result.outcome).not.toBe('odd')
})

test('no data, and mostly none, is inconclusive', async () => {
  expect((await look(() => null)).outcome).toBe('inconclusive')
  expect((await look((t) => (t > asOf - 300 * minute ? null : noisy(t)))).outcome).toBe('inconclusive')
})

test('a window of days is looked at by five minutes', async () => {
  const result = await look(wobbling(500), { window: '2d' })
  const [chart] = result.evidence ?? []
  if (chart?.kind !== 'series') throw new Error('no chart')
  expect(chart.queries?.[0]?.stepSeconds).toBe(300)
})
