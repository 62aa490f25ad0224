/** Where the bars of a waterfall stand. Pure. */
import type { Evidence } from '@tenon/runbook'

export type WaterfallEvidence = Extract<Evidence, { kind: 'waterfall' }>

export interface WaterfallBar {
  name: string
  kind: 'expected' | 'part' | 'unexplained' | 'actual'
  /** Levels in the evidence's unit; `from` is where the bar before ended. */
  from: number
  to: number
  /** Relative to expected: 1 for `expected`, -0.109 for a part. Null when nothing was expected. */
  share: number | null
  verdict: WaterfallEvidence['parts'][number]['verdict'] | null
}

export interface WaterfallLayout {
  bars: WaterfallBar[]
  /** The level at the bottom of the drawing; above zero the drawing is cut and must say so. */
  floor: number
  ceiling: number
  /** Sum of all parts, relative to expected. */
  sum: number | null
}

/** Below this share of expected a remainder is rounding, not a finding. */
const rounding = 0.0005

/** Parts that do not sum to the whole get a bar of their own: the drawing never hides a remainder. */
export function waterfallLayout(evidence: Pick<WaterfallEvidence, 'expected' | 'actual' | 'parts'>): WaterfallLayout {
  const { expected, actual, parts } = evidence
  const share = (change: number): number | null => (expected === 0 ? null : change / expected)
  const bars: WaterfallBar[] = [
    { name: 'expected', kind: 'expected', from: 0, to: expected, share: share(expected), verdict: null },
  ]
  let level = expected
  for (const part of parts) {
    bars.push({
      name: part.name,
      kind: 'part',
      from: level,
      to: level + part.change,
      share: share(part.change),
      verdict: part.verdict,
    })
    level += part.change
  }
  const remainder = actual - level
  if (Math.abs(remainder) > Math.abs(expected) * rounding) {
    bars.push({
      name: 'unexplained',
      kind: 'unexplained',
      from: level,
      to: actual,
      share: share(remainder),
      verdict: null,
    })
  }
  bars.push({ name: 'now', kind: 'actual', from: 0, to: actual, share: share(actual), verdict: null })

  const levels = bars.flatMap((bar) =>
    bar.kind === 'expected' || bar.kind === 'actual' ? [bar.to] : [bar.from, bar.to],
  )
  const ceiling = Math.max(...levels, 0)
  const lowest = Math.min(...levels)
  return { bars, floor: floorBelow(lowest, ceiling), ceiling, sum: share(level - expected) }
}

/** A small loss on a tall bar cannot be seen: cut the drawing so that the changes fill two thirds of it. */
function floorBelow(lowest: number, ceiling: number): number {
  if (lowest <= ceiling * 0.5) return Math.min(0, lowest)
  const floor = lowest - (ceiling - lowest) * 0.5
  const step = 10 ** Math.floor(Math.log10(Math.max(ceiling - floor, Number.EPSILON))) / 2
  return Math.max(0, Math.floor(floor / step) * step)
}
