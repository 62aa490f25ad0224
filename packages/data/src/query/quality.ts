/**
 * How whole and how fresh an answer is. Judged by when raw samples came, not by the values: a sum over the hosts that report looks
 * whole whatever is missing, and a source may carry old samples forward.
 */
import type { DataQuality } from '@tenon/runbook'

/** When the newest raw sample was, at each time of the query's grid; null where none was known. Unix ms. */
export type NewestSamples = readonly (number | null)[]

export interface Reporter {
  /** Id of the host (or what else is expected), as the source labels it. */
  id: string
  newest: NewestSamples
}

export interface QualityInput {
  grid: readonly number[]
  /** How old the newest sample may be at each time of the grid to count as there, ms: the window of the value. */
  windows: readonly number[]
  asOf: number
  /** Of the series that the values are made of. */
  own: readonly NewestSamples[]
  /** Whether a time without own samples lacks data. A version before its rollout does not; those who could run it report. */
  ownMustReport: boolean
  reporters: readonly Reporter[]
  /** Ids that must report; null when the model does not say. */
  expected: readonly string[] | null
}

/**
 * Completeness is the worst of all stretches that end with the query: of those of 5 min and more the share of times with samples,
 * and of any the share of expected reporters that report. A host that was lost a minute ago is nothing in a day, but all of the drop
 * that the newest minute shows. When all are late together, none is lost: that is what freshness tells.
 */
export function qualityOf(input: QualityInput): DataQuality {
  const { grid, windows, asOf, own, ownMustReport, reporters, expected } = input
  const newest = newestOf(own)
  const shares: number[] = []
  const notes: string[] = newest === null ? ['no samples in the time asked for'] : []
  const least = leastPoints(grid)
  if (ownMustReport || expected === null) shares.push(worstEnding(presenceOf(own, { grid, windows }), least))
  if (expected !== null) {
    const byId = Map.groupBy(reporters, ({ id }) => id)
    const timesOf = (id: string) => (byId.get(id) ?? []).map((reporter) => reporter.newest)
    const presences = expected.map((id) => presenceOf(timesOf(id), { grid, windows }))
    const reporting = grid.map((_, index) => mean(presences.map((one) => one[index]!)))
    shares.push(worstEnding(reporting, least))
    const end = reporting.findLastIndex((share) => share > 0)
    shares.push(worstEnding(reporting.slice(0, end + 1), 1))
    const isLost = (index: number, at: number | null) =>
      at === null || presences[index]![end] === 0 || grid.at(-1)! - at >= longAgo * windows.at(-1)!
    notes.push(
      ...expected.flatMap((id, index) => {
        const at = newestOf(timesOf(id))
        return isLost(index, at) ? [lostNote(id, at, asOf)] : []
      }),
    )
  }
  return {
    completeness: newest === null ? 0 : Math.min(...shares),
    freshnessSeconds: newest === null ? null : Math.max(0, Math.round((asOf - newest) / 1000)),
    notes:
      notes.length > maximumNotes
        ? [...notes.slice(0, maximumNotes), `and ${notes.length - maximumNotes} more`]
        : notes,
  }
}

/** 1 at each time of the grid at which any of the series has a sample that is new enough, else 0. */
export function presenceOf(
  series: readonly NewestSamples[],
  { grid, windows }: Pick<QualityInput, 'grid' | 'windows'>,
): number[] {
  const presence = Array<number>(grid.length).fill(0)
  for (const times of series) {
    for (let index = 0; index < grid.length; index += 1) {
      const at = times[index]
      if (at !== null && at !== undefined && grid[index]! - at < windows[index]!) presence[index] = 1
    }
  }
  return presence
}

const maximumNotes = 8
/** Windows without a sample after which it is worth a note that all are late. */
const longAgo = 3

/** One late scrape of a shorter stretch would look like an outage. */
function leastPoints(grid: readonly number[]): number {
  const [first, second] = grid
  if (first === undefined || second === undefined) return 1
  return Math.min(grid.length, Math.max(3, Math.ceil(300_000 / (second - first))))
}

function worstEnding(share: readonly number[], least: number): number {
  let worst = 1
  let sum = 0
  for (let length = 1; length <= share.length; length++) {
    sum += share[share.length - length]!
    if (length >= least) worst = Math.min(worst, sum / length)
  }
  return worst
}

function newestOf(series: readonly NewestSamples[]): number | null {
  let newest: number | null = null
  for (const times of series) for (const at of times) if (at !== null && (newest === null || at > newest)) newest = at
  return newest
}

/** `pay-a-2: no samples since 14:02 UTC`, with the date when it was on another day. */
function lostNote(id: string, newest: number | null, asOf: number): string {
  if (newest === null) return `${id}: no samples in the time asked for`
  const [at, now] = [new Date(newest).toISOString(), new Date(asOf).toISOString()]
  const date = at.slice(0, 10) === now.slice(0, 10) ? '' : `${at.slice(0, 10)} `
  return `${id}: no samples since ${date}${at.slice(11, 16)} UTC`
}

const mean = (values: readonly number[]) =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length
