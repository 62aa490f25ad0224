import { locateDimensions, type DimensionAnswer, type RatioLeaf } from './locate-dimensions.ts'

/** Events of one combination in one step of time. */
export interface TimedEvents {
  /** Any evenly spaced clock, e.g. unix seconds of the minute. */
  t: number
  values: readonly string[]
  bad: number
  total: number
}

/** So many steps before are what is usual. */
const BASELINE_STEPS = 4

/**
 * As `locateDimensions` of a ratio when nobody says when: each step is compared with the four before it, and the one in which a place
 * rose with most evidence is answered. Null without two steps of time. Not for long times: it is a search through all steps, and what
 * is usual only reaches back a few of them.
 */
export function locateOverTime(
  attributes: readonly string[],
  events: readonly TimedEvents[],
): { at: number; answer: DimensionAnswer } | null {
  const steps = new Map<number, TimedEvents[]>()
  for (const event of events) {
    if (!Number.isFinite(event.t)) continue
    const own = steps.get(event.t)
    if (own) own.push(event)
    else steps.set(event.t, [event])
  }
  const times = [...steps.keys()].sort((a, b) => a - b)
  let best: { at: number; answer: DimensionAnswer } | null = null
  for (let index = 1; index < times.length; index++) {
    const at = times[index]!
    const before = times.slice(Math.max(0, index - BASELINE_STEPS), index).flatMap((t) => steps.get(t)!)
    const answer = locateDimensions({ kind: 'ratio', attributes, leaves: leavesOf(steps.get(at)!, before) })
    if (best === null || strengthOf(answer) > strengthOf(best.answer)) best = { at, answer }
  }
  return best
}

const strengthOf = ({ places }: DimensionAnswer): number => places[0]?.strength ?? 0

function leavesOf(now: readonly TimedEvents[], before: readonly TimedEvents[]): RatioLeaf[] {
  const leaves = new Map<string, { -readonly [key in keyof RatioLeaf]: RatioLeaf[key] }>()
  const leafOf = ({ values }: TimedEvents) => {
    const key = values.join('\u0000')
    let leaf = leaves.get(key)
    if (!leaf) leaves.set(key, (leaf = { values, bad: 0, total: 0, baselineBad: 0, baselineTotal: 0 }))
    return leaf
  }
  for (const event of now) {
    const leaf = leafOf(event)
    leaf.bad += event.bad
    leaf.total += event.total
  }
  for (const event of before) {
    const leaf = leafOf(event)
    leaf.baselineBad += event.bad
    leaf.baselineTotal += event.total
  }
  return [...leaves.values()]
}
