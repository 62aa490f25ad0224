/** The Prometheus text format, as a scraper reads it. */
import type { SeriesName } from './metric-names.ts'

export const EXPOSITION_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

/** One line a series; `values` are in the order of `series`. Type lines tell counters from gauges. */
export function exposition(series: readonly SeriesName[], values: readonly number[]): string {
  const lines: string[] = []
  const typed = new Set<string>()
  for (const [index, { name, labels }] of series.entries()) {
    const family = name.replace(/_(bucket|sum|count)$/, '')
    if (!typed.has(family)) {
      typed.add(family)
      lines.push(`# TYPE ${family} ${metricType(name, family)}`)
    }
    const pairs = Object.entries(labels).map(([key, value]) => `${key}="${escapeLabel(value)}"`)
    lines.push(`${name}{${pairs.join()}} ${values[index] ?? Number.NaN}`)
  }
  return `${lines.join('\n')}\n`
}

function metricType(name: string, family: string): string {
  if (name.endsWith('_total')) return 'counter'
  if (name.endsWith('_bucket')) return 'histogram'
  return name === family ? 'gauge' : 'summary'
}

function escapeLabel(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}
