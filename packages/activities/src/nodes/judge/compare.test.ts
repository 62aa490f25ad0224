import { expect, test } from 'vitest'
import { asOf, memoryData, minute, type MemorySeries } from '../../../test/memory-data.ts'
import { readContext, runNode } from '../../../test/run-nodes.ts'

const at = asOf - 30 * minute
/** Noise that is the same for the same host and time. */
const noisy = (seed: number, level: number) => (t: number) =>
  level * (1 + 0.02 * Math.sin(seed * 12.9898 + t / 41_000) * Math.cos(seed + t / 13_337))
const host = (name: string, value: MemorySeries['at']): MemorySeries => ({ dimensions: { host: name }, at: value })
const fleet = (factor: (name: string) => number) =>
  Array.from({ length: 8 }, (_, index) => {
    const [name, base] = [`h${index}`, noisy(index + 1, 200)]
    return host(name, (t) => base(t) * (t > at ? factor(name) : 1))
  })

const judge = (series: MemorySeries[], input: object = {}) =>
  runNode(
    'judge.compare',
    { measure: 'pay.attempts', group: ['h0', 'h1'], since: new Date(at).toISOString(), ...input },
    readContext({ data: memoryData({ series: { 'pay.attempts': series } }), asOf }),
  )

test('a group that fell against the others is different, by how much, with both curves and their query', async () => {
  const result = await judge(fleet((name) => (name === 'h0' || name === 'h1' ? 0.8 : 1)))
  expect(result.outcome).toBe('different')
  const output = result.output as { effect: number; differing: string[] }
  expect(output.effect).toBeCloseTo(-0.2, 1)
  expect(output.differing.toSorted()).toEqual(['h0', 'h1'])
  const [chart] = result.evidence ?? []
  if (chart?.kind !== 'series') throw new Error('no chart')
  expect(chart.series.map(({ name }) => name)).toEqual(['the group', 'the others'])
  expect(chart.queries).toHaveLength(1)
})

test('one member alone is named', async () => {
  const result = await judge(fleet((name) => (name === 'h1' ? 0.7 : 1)))
  expect(result).toMatchObject({ outcome: 'different', output: { differing: ['h1'] } })
})

test('what all hosts do is no finding', async () => {
  const result = await judge(fleet(() => 0.6))
  expect(result).toMatchObject({ outcome: 'same', verdict: { value: 'normal' } })
})

test('without others, without data or without the group it is inconclusive and says why', async () => {
  expect(await judge(fleet(() => 1).slice(0, 2))).toMatchObject({ outcome: 'inconclusive' })
  expect(await judge([])).toMatchObject({ outcome: 'inconclusive' })
  const absent = await judge(
    fleet(() => 1),
    { group: ['gone'] },
  )
  expect(absent.outcome).toBe('inconclusive')
  expect(absent.verdict?.reasons).toContain('No data of gone')
})

test('a time that is none, or to come, is an error that says what to write', async () => {
  const expected = { code: 'bad-input', fix: expect.stringContaining('ISO 8601') }
  await expect(
    judge(
      fleet(() => 1),
      { since: 'noon' },
    ),
  ).rejects.toMatchObject(expected)
  await expect(
    judge(
      fleet(() => 1),
      { since: new Date(asOf + minute).toISOString() },
    ),
  ).rejects.toMatchObject(expected)
})
