/**
 * Answers a gauge from what a source tells of now, such as alerts or objects of a cluster: at the newest time asked for, when that is
 * the present. What was before is not known and stays a gap, and the answer says so.
 */
import type { SeriesAnswer, SeriesAsk } from '../source.ts'
import { badMeasure, fieldMeasure, type FieldSelector } from './field-measure.ts'
import { gridSlots } from './grid-slots.ts'
import { Groups } from './group-rows.ts'
import { joined } from './levels.ts'
import { matches, passes, type Row } from './row.ts'

export interface Snapshot {
  rows: readonly Row[]
  /** When it was read, unix ms. */
  at: number
}

/** A run asks with the clock of its begin; so long may pass until it asks. */
const presentMilliseconds = 120_000

/**
 * Nothing is read for a question that is not about the present, or that such a source cannot answer.
 *
 * @throws DataError `bad-query`, `query-too-large`, and what `read` throws
 */
export async function seriesOfSnapshot(
  ask: SeriesAsk,
  { name, read }: { name: string; read: (now: number) => Promise<Snapshot> },
): Promise<Omit<SeriesAnswer, 'expression'>> {
  const { grid, where, newest, stepSeconds } = ask
  const { spans } = gridSlots(ask)
  const valuesOf = valuesReader(ask)
  const now = Date.now()
  const isPresent = now - grid.at(-1)! < Math.max(presentMilliseconds, stepSeconds * 1000)
  const incomplete =
    isPresent && grid.length === 1 ? null : `${name} tells only what is now; earlier times have no values`
  if (!isPresent) return { values: [], newest: [], spans, incomplete }
  const snapshot = await read(now)
  const t = grid.at(-1)!
  const reporters = new Groups(
    newest.by.map(({ label }) => label),
    () => null,
  )
  for (const row of snapshot.rows) if (passes(row, newest.where)) reporters.of(row)
  const seconds = Math.min(snapshot.at, t) / 1000
  const labels = [...reporters].map((one) => one.labels)
  return {
    values: valuesOf(snapshot.rows.filter((row) => passes(row, where))).map((one) => ({
      labels: one.labels,
      samples: [[t, one.value]],
    })),
    // That there is nothing is known, too: it was answered.
    newest: (labels.length === 0 && newest.by.length === 0 ? [{}] : labels).map((one) => ({
      labels: one,
      samples: [[t, seconds]],
    })),
    spans,
    incomplete,
  }
}

type Values = { labels: Record<string, string>; value: number }[]

function valuesReader({ measure, groupBy }: SeriesAsk): (rows: readonly Row[]) => Values {
  const parts = fieldMeasure(measure)
  const by = groupBy.map(({ label }) => label)
  const level = (rows: readonly Row[], { field, matchers }: FieldSelector): Values => {
    const groups = new Groups(by, (): number[] => [])
    if (by.length === 0) groups.of(nothing)
    const about = matchers.filter(({ field: own }) => by.includes(own))
    for (const row of rows) {
      if (!matches(row, about)) continue
      const found = groups.of(row)
      if (!matches(row, matchers)) continue
      const value = field === null ? 1 : row.number(field)
      if (value !== null) found.push(value)
    }
    return [...groups].flatMap(({ labels, content }) => {
      const value = field === null ? content.length : joined(measure.aggregate, content)
      return value === null ? [] : [{ labels, value }]
    })
  }
  switch (parts.kind) {
    case 'gauge':
      return (rows) => level(rows, parts.select)
    case 'ratio':
      if (measure.operands !== 'gauge')
        throw badMeasure(measure, 'this kind of source tells only what is now', 'Say operands: gauge.')
      return (rows) => {
        const of = new Map(level(rows, parts.of).map(({ labels, value }) => [JSON.stringify(labels), value]))
        return level(rows, parts.per).flatMap(({ labels, value }) => {
          const part = of.get(JSON.stringify(labels))
          return value === 0 || part === undefined ? [] : [{ labels, value: part / value }]
        })
      }
    case 'counter':
    case 'histogram':
      throw badMeasure(
        measure,
        `this kind of source tells only what is now, and a ${parts.kind} needs what happened over time`,
        'Use a gauge, or a table of another source.',
      )
  }
}

const nothing: Row = { text: () => '', number: () => null }
