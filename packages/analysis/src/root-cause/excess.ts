/**
 * What a node's requests cost together, beyond what they usually would: seconds that they took, or how many failed. In this unit the
 * extra of a caller is the sum of its own and of what it waited for.
 */

export type FlowSymptom = 'latency' | 'errors'

/** Of one node, evenly spaced, the same steps for all nodes; null is not known. */
export interface FlowSeries {
  /** In each step. A node without any is taken to serve one request for each of the target's. */
  requests: readonly (number | null)[]
  /** Mean seconds of a request. */
  seconds?: readonly (number | null)[] | undefined
  /** Share of requests that failed, 0..1. */
  errorShare?: readonly (number | null)[] | undefined
}

/** Requests and what they cost, step by step; NaN where a figure is missing. */
export interface Cost {
  requests: Float64Array
  cost: Float64Array
}

/** Rates below are what is left of rounding. */
const LEAST_REQUESTS = 1e-6

/** Null without one known step. */
export function costOf(
  flow: FlowSeries,
  symptom: FlowSymptom,
  targetRequests: readonly (number | null)[],
): Cost | null {
  const each = (symptom === 'latency' ? flow.seconds : flow.errorShare) ?? []
  const own = flow.requests.some(isFigure) ? flow.requests : targetRequests
  const steps = Math.min(Math.max(each.length, own.length), 1_000_000)
  const requests = new Float64Array(steps).fill(Number.NaN)
  const cost = new Float64Array(steps).fill(Number.NaN)
  let known = 0
  for (let step = 0; step < steps; step++) {
    const count = own[step]
    const value = each[step]
    if (!isFigure(count)) continue
    const isAsked = count > LEAST_REQUESTS
    // Where nobody asked, nothing was spent, and no mean is to be had.
    if (isAsked && !isFigure(value)) continue
    requests[step] = isAsked ? count : 0
    cost[step] = isAsked && isFigure(value) ? count * Math.max(0, value) : 0
    if (isAsked) known++
  }
  return known > 0 ? { requests, cost } : null
}

/** How bad each recent step is for the target, 0 (as its best) to 1 (as its worst); NaN where it is not known. */
export function badnessOf({ requests, cost }: Cost, badFrom?: number): Float64Array {
  const each = cost.map((value, step) => (requests[step]! > 0 ? value / requests[step]! : Number.NaN))
  if (badFrom !== undefined)
    return each.map((value, step) => (Number.isFinite(value) ? Number(step >= badFrom) : Number.NaN))
  const known = each.filter(Number.isFinite)
  if (known.length === 0) return each
  const low = known.reduce((a, b) => Math.min(a, b))
  const high = known.reduce((a, b) => Math.max(a, b))
  return each.map((value) => (high > low ? (value - low) / (high - low) : 1))
}

export interface Excess {
  /** Seconds (or failures) in a bad step beyond what so many requests usually cost. */
  extra: number
  /** Standard error of `extra`, by how the node varies in its history; null where that is too short to say. */
  error: number | null
  /** Mean cost of a request in bad steps, and usually. */
  now: number
  usual: number
  /** Had no request at all before: nothing to compare with, and whoever calls it began to. */
  isNew: boolean
}

/** Steps of the target that are well count as usual from this weight on; below, the history stands in. */
const LEAST_WELL = 1
const LEAST_HISTORY = 8

/**
 * Bad steps against the steps beside them in which the target was well: what drifted over weeks drops out. `badness` weighs, so that
 * an incident that rises needs no sharp beginning.
 */
export function excessOf(recent: Cost, history: Cost | null, badness: Float64Array): Excess | null {
  const bad = { requests: 0, cost: 0, weight: 0 }
  const well = { requests: 0, cost: 0, weight: 0 }
  for (const [step, cost] of recent.cost.entries()) {
    const weight = badness[step]
    if (weight === undefined || !Number.isFinite(weight) || !Number.isFinite(cost)) continue
    add(bad, { weight, requests: recent.requests[step]!, cost })
    add(well, { weight: 1 - weight, requests: recent.requests[step]!, cost })
  }
  if (bad.weight <= 0) return null
  const before = history && totalOf(history)
  const isLocal = well.weight >= LEAST_WELL && well.requests > 0
  const hasHistory = before !== null && before.requests > 0
  const isNew = !isLocal && !hasHistory && (before !== null || well.weight >= LEAST_WELL)
  if (!isLocal && !hasHistory && !isNew) return null
  const usual = isLocal ? well.cost / well.requests : hasHistory ? before.cost / before.requests : 0
  const extra = (bad.cost - usual * bad.requests) / bad.weight
  if (!Number.isFinite(extra)) return null
  const spread = history && deviation(history)
  const steps = 1 / bad.weight + (isLocal ? 1 / well.weight : 0)
  return {
    extra,
    error: spread === null ? null : spread * Math.sqrt(steps),
    now: bad.requests > 0 ? bad.cost / bad.requests : 0,
    usual,
    isNew: isNew || (before !== null && !hasHistory),
  }
}

interface Total {
  requests: number
  cost: number
  weight: number
}

function add(total: Total, { weight, requests, cost }: Total): void {
  total.weight += weight
  total.requests += weight * requests
  total.cost += weight * cost
}

function totalOf({ requests, cost }: Cost): Total {
  const total = { requests: 0, cost: 0, weight: 0 }
  for (const [step, value] of cost.entries()) {
    if (Number.isFinite(value)) add(total, { weight: 1, requests: requests[step]!, cost: value })
  }
  return total
}

/** Of one step about what its requests usually cost; the worst twentieth is past incidents rather than noise, and left out. */
function deviation(history: Cost): number | null {
  const { requests, cost, weight } = totalOf(history)
  if (weight < LEAST_HISTORY || requests <= 0) return null
  const usual = cost / requests
  const sizes: number[] = []
  for (const [step, value] of history.cost.entries()) {
    if (Number.isFinite(value)) sizes.push(Math.abs(value - usual * history.requests[step]!))
  }
  sizes.sort((a, b) => a - b)
  const kept = sizes.slice(0, Math.max(1, Math.floor(sizes.length * 0.95)))
  return Math.sqrt(kept.reduce((sum, size) => sum + size * size, 0) / kept.length)
}

export const isFigure = (value: number | null | undefined): value is number =>
  typeof value === 'number' && Number.isFinite(value) && Math.abs(value) < 1e15
