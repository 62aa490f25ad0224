/** What metrics' names say: which belong together, what shape they have, their unit, and the words that are left. */
import type { MetricAbout } from './readers.ts'

export type FamilyShape = 'counter' | 'gauge' | 'histogram' | 'summary' | 'info'

export interface Family {
  /** The name that its metrics have in common: `http_request_duration_seconds`. */
  base: string
  shape: FamilyShape
  /** The metric whose label sets stand for the family's: of a histogram `_count`. */
  sample: string
  /** All its metrics. */
  metrics: string[]
  /** Words of the name without its unit and `total`, in small letters. */
  words: string[]
  /** As models write it; null when the name says none. */
  unit: string | null
  help: string
}

/** By base name, sorted. */
export function familiesOf(names: Iterable<string>, about: ReadonlyMap<string, MetricAbout>): Map<string, Family> {
  const known = new Set(names)
  const families = new Map<string, Family>()
  for (const name of [...known].sort()) {
    const { base, shape } = shapeOf(name, known, about)
    const found = families.get(base)
    if (found && found.shape === shape) found.metrics.push(name)
    else if (!found) families.set(base, makeFamily(base, shape, name, about))
    // A gauge of the same base as a histogram, as client libraries of summaries give it: it is the summary's quantiles.
    else found.metrics.push(name)
  }
  for (const family of families.values()) if (hasParts(family.shape)) family.sample = `${family.base}_count`
  return families
}

const hasParts = (shape: FamilyShape) => shape === 'histogram' || shape === 'summary'

function shapeOf(
  name: string,
  known: ReadonlySet<string>,
  about: ReadonlyMap<string, MetricAbout>,
): { base: string; shape: FamilyShape } {
  const part = /^(.+)_(bucket|sum|count)$/.exec(name)
  const [stem, end] = [part?.[1], part?.[2]]
  if (stem !== undefined) {
    const has = (other: string) => known.has(`${stem}_${other}`)
    if (has('bucket') && has('count')) return { base: stem, shape: 'histogram' }
    if (end !== 'bucket' && has('sum') && has('count')) return { base: stem, shape: 'summary' }
  }
  if (known.has(`${name}_sum`) && known.has(`${name}_count`))
    return { base: name, shape: known.has(`${name}_bucket`) ? 'histogram' : 'summary' }
  if (name.endsWith('_info')) return { base: name, shape: 'info' }
  const said = about.get(name)?.type ?? about.get(name.replace(/_total$/, ''))?.type
  const isCounter = name.endsWith('_total') ? said !== 'gauge' : said === 'counter'
  return { base: name, shape: isCounter ? 'counter' : 'gauge' }
}

function makeFamily(base: string, shape: FamilyShape, metric: string, about: ReadonlyMap<string, MetricAbout>): Family {
  const said = about.get(base) ?? about.get(metric) ?? about.get(base.replace(/_total$/, ''))
  const all = wordsOf(base)
  if (all.at(-1) === 'total' && shape === 'counter') all.pop()
  const unit = unitOfWords(all) ?? (said?.unit ? unitOfWord(said.unit) : null)
  return { base, shape, sample: metric, metrics: [metric], words: all, unit, help: said?.help.trim() ?? '' }
}

/** Apart by underscores, colons and changes of case. */
export function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '')
    .map((word) => word.toLowerCase())
}

const units: Record<string, string> = {
  seconds: 's',
  milliseconds: 'ms',
  millis: 'ms',
  ms: 'ms',
  microseconds: 'us',
  nanoseconds: 'ns',
  minutes: 'min',
  hours: 'h',
  days: 'd',
  bytes: 'bytes',
  kilobytes: 'kB',
  megabytes: 'MB',
  ratio: 'ratio',
  percent: '%',
  celsius: '°C',
  volts: 'V',
  amperes: 'A',
  watts: 'W',
  joules: 'J',
  hertz: 'Hz',
  meters: 'm',
  grams: 'g',
}

const unitOfWord = (word: string): string | null => (Object.hasOwn(units, word) ? (units[word] ?? null) : null)

/** The unit that a column's name ends with, and the other words. */
export function unitOfNames(words: readonly string[]): { unit: string | null; left: string[] } {
  const left = [...words]
  const unit = unitOfWords(left)
  return { unit, left }
}

/** Takes the unit's word off the end, unless nothing else would be left; before a word of a limit it may stand too. */
function unitOfWords(words: string[]): string | null {
  const last = words.at(-1)
  const unit = last === undefined ? null : unitOfWord(last)
  if (unit !== null) {
    if (words.length > 1) words.pop()
    return unit
  }
  // `connections_bytes_max`, `process_virtual_memory_max_bytes`: a unit in front of the last word counts as well.
  const before = words.at(-2)
  const inner = before === undefined ? null : unitOfWord(before)
  if (inner === null || words.length < 3) return null
  words.splice(-2, 1)
  return inner
}
