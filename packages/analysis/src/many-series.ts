/**
 * Which of many series are abnormal, when so many are looked at that some look odd by chance?
 *
 * Input is one p-value per series and window: how likely a healthy series would look at least this odd. First persistence: for every series a
 * p-value of "odd in at least `persist` of the last windows", the partial conjunction of Benjamini and Heller (2008) with Bonferroni's
 * combination, (n - u + 1) x the u-th smallest of n, which holds however the windows depend on each other. Then the series together: Benjamini and
 * Hochberg (1995) keep the expected share of healthy ones among those named at or below `falseDiscoveryRate`, when the series are independent or
 * positively dependent (one load on all); Benjamini and Yekutieli (2001) keep it under any dependence, at the price of a factor
 * 1 + 1/2 + ... + 1/m.
 *
 * Not for p-values of a test that chose its window after looking (multiply by the looks: `pValueOfScore`), not for one series (its own test
 * says it), and not as proof of health: a p-value is large also where a test sees nothing, so say `blind` where it could not have seen.
 */
import { normalBeyond } from './distributions.ts'

export interface SeriesEvidence {
  id: string
  /** One per window, newest last, 0..1; null where the window could not be judged. */
  pValues: (number | null)[]
  /** The test would not have shown a change that matters: a large p-value then says nothing. */
  blind?: boolean
}

export interface ManySeriesOptions {
  /** Share of healthy ones among the named that is put up with, on average; 0.05 by default. */
  falseDiscoveryRate?: number
  /** `positive`: independent, or moved by one cause the same way. `any`: nothing is known; stricter. */
  dependence?: 'positive' | 'any'
  /** Odd in so many (`persist`, 2) of the newest so many windows (`windows`, 3). */
  persist?: number
  windows?: number
}

export interface SeriesVerdict {
  id: string
  value: 'normal' | 'abnormal' | 'inconclusive'
  /** Of the newest windows together; null when too few were judged. */
  pValue: number | null
  /** The smallest false discovery rate at which it would be named (its q-value); null as above. */
  adjusted: number | null
  reason: string
}

export interface ManySeriesJudgement {
  /** `abnormal` when any is; `normal` when nearly all were judged and none is; else `inconclusive`. */
  value: 'normal' | 'abnormal' | 'inconclusive'
  /** 0..1 of `value`. */
  confidence: number
  reasons: string[]
  /** As many as came in, in the same order. */
  series: SeriesVerdict[]
  /** How many had enough windows. */
  tested: number
}

/** A p-value this small alone is odd; too odd to be called normal, though not named among so many. */
const oddAlone = 0.05
/** Share of the series that must be judged for "none is abnormal" to be said. */
const enoughJudged = 0.8

/** Judges series together. Never throws on data: a p-value that is none is a window that was not judged. */
export function judgeManySeries(series: SeriesEvidence[], options: ManySeriesOptions = {}): ManySeriesJudgement {
  const rate = within(options.falseDiscoveryRate ?? 0.05, 0, 1)
  const windows = Math.max(1, Math.round(options.windows ?? 3) || 1)
  const persist = within(Math.round(options.persist ?? 2) || 1, 1, windows)
  const pValues = series.map((one) => persistent(one.pValues, { windows, persist }))
  const adjusted = adjust(pValues, options.dependence ?? 'positive')
  const verdicts = series.map((one, place): SeriesVerdict => {
    const shared = { id: one.id, pValue: pValues[place] ?? null, adjusted: adjusted[place] ?? null }
    return { ...shared, ...verdictOf(shared, { rate, blind: one.blind === true, windows, persist }) }
  })
  return { ...together(verdicts, rate), series: verdicts, tested: pValues.filter((p) => p !== null).length }
}

/**
 * Two-sided p-value of a standard score that is the strongest of `looks` (windows, stretches): 1 - (1 - p)^looks (Sidak 1967), exact for
 * independent looks and too large, so on the safe side, for overlapping ones. Null when the score is none.
 */
export function pValueOfScore(score: number | null, looks = 1): number | null {
  if (score === null || Number.isNaN(score)) return null
  return -Math.expm1(Math.max(1, looks) * Math.log1p(-Math.min(1, normalBeyond(score))))
}

/** Partial conjunction: p-value of "odd in at least `persist` windows". Null when fewer than that were judged. */
function persistent(all: (number | null)[], { windows, persist }: { windows: number; persist: number }): number | null {
  const judged = all
    .slice(-windows)
    .filter((p): p is number => p !== null && p >= 0 && p <= 1)
    .toSorted((a, b) => a - b)
  const decisive = judged[persist - 1]
  return decisive === undefined ? null : Math.min(1, (judged.length - persist + 1) * decisive)
}

/** Step-up adjusted p-values; nulls stay out of the count. */
function adjust(pValues: (number | null)[], dependence: 'positive' | 'any'): (number | null)[] {
  const order = pValues
    .flatMap((p, place) => (p === null ? [] : [{ p, place }]))
    .toSorted((a, b) => a.p - b.p || a.place - b.place)
  const count = order.length
  let factor = 1
  if (dependence === 'any') for (let term = 2; term <= count; term += 1) factor += 1 / term
  const adjusted: (number | null)[] = pValues.map(() => null)
  let smallest = 1
  for (let rank = count; rank >= 1; rank -= 1) {
    const { p, place } = order[rank - 1]!
    smallest = Math.min(smallest, (p * count * factor) / rank)
    adjusted[place] = smallest
  }
  return adjusted
}

function verdictOf(
  { pValue, adjusted }: { pValue: number | null; adjusted: number | null },
  { rate, blind, windows, persist }: { rate: number; blind: boolean; windows: number; persist: number },
): { value: SeriesVerdict['value']; reason: string } {
  if (pValue === null || adjusted === null)
    return { value: 'inconclusive', reason: `Fewer than ${persist} of the last ${windows} windows could be judged.` }
  if (adjusted <= rate)
    return {
      value: 'abnormal',
      reason: `Odd in at least ${persist} of the last ${windows} windows: p ${shown(pValue)}, ${shown(adjusted)} among all.`,
    }
  if (pValue <= oddAlone)
    return {
      value: 'inconclusive',
      reason: `Odd by itself (p ${shown(pValue)}), but among so many series some look like this by chance (${shown(adjusted)}).`,
    }
  if (blind) return { value: 'inconclusive', reason: 'Nothing odd, but a change that matters would not have shown.' }
  return { value: 'normal', reason: `Nothing odd that lasts: p ${shown(pValue)}.` }
}

function together(
  series: SeriesVerdict[],
  rate: number,
): Pick<ManySeriesJudgement, 'value' | 'confidence' | 'reasons'> {
  const abnormal = series.filter((one) => one.value === 'abnormal')
  const open = series.filter((one) => one.value === 'inconclusive').length
  if (series.length === 0) return { value: 'inconclusive', confidence: 0, reasons: ['There are no series.'] }
  const left = open > 0 ? [`${open} of ${series.length} could not be decided.`] : []
  if (abnormal.length > 0) {
    const named = abnormal.toSorted((a, b) => a.adjusted! - b.adjusted!)
    const all = named.slice(0, 3).map((one) => one.id)
    const reason = `${abnormal.length} of ${series.length} are abnormal: ${all.join(', ')}${abnormal.length > 3 ? ', ...' : ''}.`
    const chance = `On average at most ${shown(100 * rate)} % of those named are so by chance.`
    return {
      value: 'abnormal',
      confidence: 1 - Math.min(named[0]!.adjusted!, rate),
      reasons: [reason, chance, ...left],
    }
  }
  const judged = 1 - open / series.length
  if (judged < enoughJudged)
    return {
      value: 'inconclusive',
      confidence: judged,
      reasons: ['None is abnormal among those that were decided.', ...left],
    }
  return { value: 'normal', confidence: judged, reasons: [`None of ${series.length} is abnormal.`, ...left] }
}

const within = (value: number, low: number, high: number) =>
  Number.isNaN(value) ? low : Math.min(high, Math.max(low, value))

const shown = (value: number) =>
  value >= 0.001 || value === 0 ? String(Number(value.toPrecision(2))) : value.toExponential(0)
