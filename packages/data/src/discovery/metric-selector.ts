/** Selectors of whole metrics, whatever they are called: newer stores take names with dots and spaces in them. */
import { parseSelector, writeSelector, type Matcher } from '../model/selector.ts'

const plainName = /^[A-Za-z_:][A-Za-z0-9_:]*$/

export function metricSelector(metric: string, matchers: readonly Matcher[]): string {
  if (plainName.test(metric)) return writeSelector({ name: metric, matchers: [...matchers] })
  return writeSelector({ name: null, matchers: [{ label: '__name__', op: '=', value: metric }, ...matchers] })
}

/** The metric that a selector reads; null when it does not name one. */
export function selectedMetric(text: string): string | null {
  // Nearly all, of 50,000.
  const name = /^([A-Za-z_:][A-Za-z0-9_:]*)(?:\{|$)/.exec(text)?.[1]
  if (name !== undefined) return name
  const selector = parseSelector(text)
  return selector?.name ?? selector?.matchers.find(({ label, op }) => label === '__name__' && op === '=')?.value ?? null
}
