/**
 * Answers a measure from rows that have times, in any order: what a database would compute is computed here. Rows are events or
 * measurements. A counter sums them and is 0 where the table has rows of the group but none that match; where the table has none it has
 * no value. A gauge is taken of each series, which is a combination of all of the table's dimensions, and joined.
 */
import type { LabelledSeries, SeriesAnswer, SeriesAsk } from '../source.ts'
import { badMeasure, fieldMeasure, type FieldMatcher, type FieldSelector } from './field-measure.ts'
import { gridSlots, type GridSlots } from './grid-slots.ts'
import { Groups } from './group-rows.ts'
import { joined, quantileOf, withinStep } from './levels.ts'
import { matches, passes, type Row } from './row.ts'

export interface TimedRow extends Row {
  /** Unix ms. */
  t: number
}

/** Of slots that have one a value; not of all, since many series may each have few. */
type Slots = Map<number, number>
type Valued = { labels: Record<string, string>; slots: Slots }[]

/** So many series may be joined to those of an answer. */
const mostJoined = 100_000

/** @throws DataError `bad-query`, `query-too-large` */
export function seriesOfRows(
  rows: readonly TimedRow[],
  ask: SeriesAsk,
): Pick<SeriesAnswer, 'values' | 'newest' | 'spans'> {
  const slots = gridSlots(ask)
  const placed = rows.filter(({ t }) => slots.of(t) >= 0)
  const asked = placed.filter((row) => passes(row, ask.where))
  return {
    values: valuesOf(asked, ask, slots).flatMap(({ labels, slots: found }) => {
      const samples = inOrder(found, slots).filter(([, value]) => Number.isFinite(value))
      return samples.length === 0 ? [] : [{ labels, samples }]
    }),
    newest: newestOf(placed, ask, slots),
    spans: slots.spans,
  }
}

function valuesOf(rows: readonly TimedRow[], ask: SeriesAsk, slots: GridSlots): Valued {
  const parts = fieldMeasure(ask.measure)
  const perMinute = 60 / ask.stepSeconds
  switch (parts.kind) {
    case 'counter': {
      const about = ofGroups(parts.select, ask.groupBy)
      const groups = rows.filter((row) => matches(row, about))
      return mapped(sums(groups, parts.select, { ask, slots }), (sum) => sum * perMinute)
    }
    case 'gauge':
      return levels(rows, parts.select, { ask, slots })
    case 'histogram':
      return quantiles(rows, parts, { ask, slots })
    case 'ratio': {
      const read = ask.measure.operands === 'gauge' ? levels : sums
      const about = ofGroups(parts.per, ask.groupBy)
      const groups = ask.measure.operands === 'gauge' ? rows : rows.filter((row) => matches(row, about))
      return quotient(read(groups, parts.of, { ask, slots }), read(groups, parts.per, { ask, slots }))
    }
  }
}

interface Means {
  ask: SeriesAsk
  slots: GridSlots
}

/** What a selector demands of a whole group is demanded of its rows; all else only of what is summed. */
const ofGroups = ({ matchers }: FieldSelector, by: SeriesAsk['groupBy']): FieldMatcher[] =>
  matchers.filter(({ field }) => by.some(({ label }) => label === field))

const labelsOf = (dimensions: SeriesAsk['groupBy']): string[] => dimensions.map(({ label }) => label)

function sums(rows: readonly TimedRow[], { field, matchers }: FieldSelector, { ask, slots }: Means): Valued {
  const groups = new Groups(labelsOf(ask.groupBy), (): Slots => new Map())
  for (const row of rows) {
    const found = groups.of(row)
    const slot = slots.of(row.t)
    const value = matches(row, matchers) ? (field === null ? 1 : (row.number(field) ?? 0)) : 0
    found.set(slot, (found.get(slot) ?? 0) + value)
  }
  return [...groups].map(({ labels, content }) => ({ labels, slots: content }))
}

function levels(rows: readonly TimedRow[], { field, matchers }: FieldSelector, { ask, slots }: Means): Valued {
  const { measure, table, groupBy } = ask
  if (field === null)
    throw badMeasure(measure, 'a gauge of rows with times needs a field', 'Select a field, or use a counter.')
  const by = labelsOf(groupBy)
  const told = [...Object.values(table.dimensions), ...matchers.map((matcher) => matcher.field)]
  const series = new Groups([...by, ...told], (): Lists => new Map(), mostJoined)
  for (const row of rows) {
    const value = matches(row, matchers) ? row.number(field) : null
    if (value !== null) listed(series.of(row), slots.of(row.t)).push(value)
  }
  const groups = new Groups(by, (): Lists => new Map())
  for (const { labels, content } of series) {
    const joint = groups.of({ text: (label) => labels[label] ?? '' })
    for (const [slot, level] of reduced(content, (values) => joined(withinStep(measure.aggregate), values)))
      listed(joint, slot).push(level)
  }
  return [...groups].map(({ labels, content }) => ({
    labels,
    slots: reduced(content, (values) => joined(measure.aggregate, values)),
  }))
}

function quantiles(
  rows: readonly TimedRow[],
  { select, quantile }: { select: FieldSelector & { field: string }; quantile: number },
  { ask, slots }: Means,
): Valued {
  const groups = new Groups(labelsOf(ask.groupBy), (): Lists => new Map())
  for (const row of rows) {
    const value = matches(row, select.matchers) ? row.number(select.field) : null
    if (value !== null) listed(groups.of(row), slots.of(row.t)).push(value)
  }
  return [...groups].map(({ labels, content }) => ({
    labels,
    slots: reduced(content, (values) => quantileOf(values, quantile)),
  }))
}

/** Of a share of nothing nothing is known. */
function quotient(of: Valued, per: Valued): Valued {
  const known = new Map(of.map(({ labels, slots }) => [JSON.stringify(labels), slots]))
  return per.map(({ labels, slots }) => {
    const above = known.get(JSON.stringify(labels))
    const shares: Slots = new Map()
    for (const [slot, below] of slots) {
      const part = above?.get(slot)
      if (part !== undefined && below !== 0) shares.set(slot, part / below)
    }
    return { labels, slots: shares }
  })
}

/** A gauge's rows are those of its selector; any row tells that events are counted. */
function newestOf(rows: readonly TimedRow[], { measure, newest }: SeriesAsk, slots: GridSlots): LabelledSeries[] {
  const parts = fieldMeasure(measure)
  const selector = parts.kind === 'ratio' ? parts.per : parts.select
  const isGauge = parts.kind === 'gauge' || (parts.kind === 'ratio' && measure.operands === 'gauge')
  const told = isGauge ? selector.matchers : ofGroups(selector, newest.by)
  const groups = new Groups(labelsOf(newest.by), (): Slots => new Map(), mostJoined)
  for (const row of rows) {
    if (!passes(row, newest.where) || !matches(row, told)) continue
    const found = groups.of(row)
    const slot = slots.of(row.t)
    found.set(slot, Math.max(found.get(slot) ?? row.t, row.t))
  }
  return [...groups].map(({ labels, content }) => ({
    labels,
    samples: inOrder(content, slots).map(([end, t]): [number, number] => [end, t / 1000]),
  }))
}

type Lists = Map<number, number[]>

function listed(lists: Lists, slot: number): number[] {
  const known = lists.get(slot)
  if (known) return known
  const made: number[] = []
  lists.set(slot, made)
  return made
}

function reduced(lists: Lists, reduce: (values: readonly number[]) => number | null): Slots {
  const slots: Slots = new Map()
  for (const [slot, values] of lists) {
    const value = reduce(values)
    if (value !== null) slots.set(slot, value)
  }
  return slots
}

/** By the slots' ends. */
const inOrder = (found: Slots, slots: GridSlots): [t: number, value: number][] =>
  [...found].map(([slot, value]): [number, number] => [slots.end(slot), value]).sort(([a], [b]) => a - b)

const mapped = (valued: Valued, change: (value: number) => number): Valued =>
  valued.map(({ labels, slots }) => ({
    labels,
    slots: new Map([...slots].map(([slot, value]) => [slot, change(value)])),
  }))
