/** A computed table as lines of a chart, when it has a time. Pure. */
import type { SeriesEvidence } from '../ui/evidence/chart-data.ts'

export interface ComputedTable {
  columns: readonly { name: string; type: 'text' | 'number' | 'time' }[]
  rows: readonly (readonly (string | number | boolean | null)[])[]
}

export interface ComputedLines {
  series: SeriesEvidence['series']
  /** How many there are; only the first are drawn. */
  total: number
}

/** One line a combination of texts and a numeric column, in the order of the rows; null without a time or a figure. */
export function computedLines({ columns, rows }: ComputedTable, most = 50): ComputedLines | null {
  const at = columns.findIndex(({ type }) => type === 'time')
  const figures = columns.flatMap(({ type, name }, index) => (type === 'number' ? [{ name, index }] : []))
  if (at < 0 || figures.length === 0) return null
  const texts = columns.flatMap(({ type }, index) => (type === 'text' ? [index] : []))
  const lines = new Map<string, [number, number | null][]>()
  for (const row of rows) {
    const time = row[at]
    if (typeof time !== 'number') continue
    const group = texts.map((index) => String(row[index] ?? 'none')).join(', ')
    for (const { name, index } of figures) {
      const line = texts.length === 0 ? name : figures.length === 1 ? group : `${group}: ${name}`
      const value = row[index]
      const points = lines.get(line) ?? []
      points.push([time, typeof value === 'number' ? value : null])
      lines.set(line, points)
    }
  }
  const series = [...lines].map(([name, points]) => ({ name, points: points.toSorted(([a], [b]) => a - b) }))
  return { series: series.slice(0, most), total: series.length }
}
