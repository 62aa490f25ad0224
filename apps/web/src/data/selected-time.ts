/** What a page shows, as a diagnosis is asked: which time, and which part of a measure where that is one. Pure. */
import { followsNow, type Span, type TimeRange } from './time-range.ts'

/** A time in the past is what is looked at; a range that ends now is only how much of it is shown. */
export function aboutOf({ range, span }: { range: TimeRange; span: Span }): { since?: string; until?: string } {
  if (followsNow(range)) return {}
  return { since: new Date(span.from).toISOString(), until: new Date(span.to).toISOString() }
}

interface Shown {
  where: Readonly<Record<string, readonly string[]>>
  /** That are drawn. */
  lines: readonly { dimensions: Readonly<Record<string, string>> }[]
}

/** Filters by one value, and the dimensions of the only line that is drawn. */
export function diagnosedPart({ where, lines }: Shown): Record<string, string> {
  const filtered = Object.entries(where).flatMap(([name, values]) => {
    const [only, ...more] = values
    return only === undefined || more.length > 0 ? [] : [[name, only] as const]
  })
  const [line, ...others] = lines
  return { ...Object.fromEntries(filtered), ...(line && others.length === 0 ? line.dimensions : {}) }
}
