/**
 * Which of several peers (hosts, zones, versions) changed otherwise than the rest: a difference of differences, so that a host that is always
 * slower, or a shift that all share, is no finding.
 *
 * Each peer's change is the difference of the medians of log(value) after and before. Sorted, the changes are cut in two where the variance
 * between both sides is greatest (Otsu 1979, in one dimension). The cut counts when the sides are further apart than noise and than what matters,
 * and the side that is left has hardly moved. A cut, unlike a distance from the median, also finds half of the peers.
 *
 * Not for counts of failures: use `localise`, which weighs them. Not for fewer than two peers, nor for values that cross zero.
 */
import { median, robustDeviation } from './robust.ts'

export interface PeerSeries {
  id: string
  /** Values before the onset and since; zero and below, and what is no number, is left out. */
  before: number[]
  now: number[]
}

export interface PeerChange {
  id: string
  /** now / before of the medians. */
  factor: number
  before: number
  now: number
}

export interface PeerSplit {
  /** `alike`: no peer stands out. `insufficient`: fewer than two peers have enough values on both sides. */
  status: 'outliers' | 'alike' | 'insufficient'
  /** Those that stand out, furthest first. */
  outliers: PeerChange[]
  rest: PeerChange[]
  /** Of the outliers over that of the rest: 2.5 is 2.5 times what it would be. Null without outliers. */
  factor: number | null
  /** Distance of both sides in standard errors; null when insufficient. */
  score: number | null
  /** Peers that could not be compared. */
  unseen: string[]
  reason: string
}

const minimumValues = 3
const criticalScore = 4.5
/** The side that is left may have moved by this part of what the outliers moved. */
const restShare = 0.4
/** Standard error of a median over that of a mean, for normal values. */
const medianError = 1.2533
/** Two values of a series may be equal to the last digit; no scrape is that exact. */
const leastError = 0.01

interface Change extends PeerChange {
  log: number
  error: number
}

/** @param minimumFactor smaller differences do not matter: 1.25 is a quarter more (or, where down is bad, 1/1.25 of it). */
export function splitPeers(
  peers: readonly PeerSeries[],
  { bad, minimumFactor = 1.25 }: { bad: 'up' | 'down'; minimumFactor?: number },
): PeerSplit {
  const all = peers.map((peer) => ({ id: peer.id, change: changeOf(peer) }))
  const changes = all.flatMap(({ change }) => change ?? [])
  const unseen = all.flatMap(({ id, change }) => (change === null ? [id] : []))
  const none = { outliers: [], factor: null, unseen }
  if (changes.length < 2) {
    const reason = `${changes.length} of ${peers.length} can be compared; at least 2 are needed`
    return { ...none, status: 'insufficient', rest: changes.map(plain), score: null, reason }
  }
  const sign = bad === 'up' ? 1 : -1
  const sorted = changes.toSorted((a, b) => sign * (b.log - a.log) || (a.id < b.id ? -1 : 1))
  const size = bestCut(sorted.map(({ log }) => log))
  const [top, rest] = [sorted.slice(0, size), sorted.slice(size)]
  const apart = sign * (meanOf(top) - meanOf(rest))
  const score = apart / errorOf(top, rest)
  const isClear = apart >= Math.log(minimumFactor) && score >= criticalScore
  const moved = sign * meanOf(top)
  const hasReference = moved > 0 && sign * meanOf(rest) <= restShare * moved
  if (!isClear || !hasReference) {
    const reason =
      isClear && moved > 0
        ? 'all of them changed, some more than others'
        : `no one differs from the others by ${Math.round((minimumFactor - 1) * 100)} % beyond noise`
    return { ...none, status: 'alike', rest: sorted.map(plain), score, reason }
  }
  const factor = factorOf(meanOf(top) - meanOf(rest))
  const names = top.length > 3 ? `${top.length} of ${sorted.length}` : top.map(({ id }) => id).join(', ')
  return {
    status: 'outliers',
    outliers: top.map(plain),
    rest: rest.map(plain),
    factor,
    score,
    unseen,
    reason: `${names}: ${factor.toFixed(1)} times what the others have, compared with before; ${Math.min(score, 99).toFixed(0)} standard errors`,
  }
}

function changeOf({ id, before, now }: PeerSeries): Change | null {
  const [was, is] = [before, now].map((values) =>
    values.filter((value) => Number.isFinite(value) && value > 0).map(Math.log),
  )
  if (!was || !is || was.length < minimumValues || is.length < minimumValues) return null
  const [a, b] = [median(was), median(is)]
  const error = Math.hypot(errorOfMedian(was, a), errorOfMedian(is, b), leastError)
  return { id, before: Math.exp(a), now: Math.exp(b), factor: factorOf(b - a), log: b - a, error }
}

/** Few values say little of their spread: as if one more lay as far out as the furthest. */
function errorOfMedian(logs: number[], centre: number): number {
  const spread = robustDeviation(
    logs.map((value) => ({ value, weight: 1 })),
    centre,
  )
  const furthest = logs.reduce((most, value) => Math.max(most, Math.abs(value - centre)), 0)
  const careful = (spread * logs.length + furthest) / (logs.length + 1)
  return (medianError * careful) / Math.sqrt(logs.length)
}

/** How many stand before the cut with the greatest variance between both sides. */
function bestCut(sorted: number[]): number {
  const total = sorted.reduce((sum, value) => sum + value, 0)
  let best = { size: 1, between: -1 }
  let passed = 0
  for (let size = 1; size < sorted.length; size++) {
    passed += sorted[size - 1]!
    const difference = passed / size - (total - passed) / (sorted.length - size)
    const between = size * (sorted.length - size) * difference ** 2
    if (between > best.between * (1 + 1e-9)) best = { size, between }
  }
  return best.size
}

const meanOf = (changes: Change[]): number => changes.reduce((sum, { log }) => sum + log, 0) / changes.length

/** Both the noise of each peer and how the peers of a side differ among themselves, whichever says more. */
function errorOf(top: Change[], rest: Change[]): number {
  const all = [top, rest]
  const own = Math.hypot(
    ...all.map((side) => Math.sqrt(side.reduce((sum, { error }) => sum + error ** 2, 0)) / side.length),
  )
  const freedom = top.length + rest.length - 2
  const within = all.reduce((sum, side) => {
    const mean = meanOf(side)
    return sum + side.reduce((inner, { log }) => inner + (log - mean) ** 2, 0)
  }, 0)
  const between = freedom > 0 ? Math.sqrt((within / freedom) * (1 / top.length + 1 / rest.length)) : 0
  return Math.max(own, between)
}

/** Beyond this nobody reads the figure. */
const factorOf = (log: number): number => Math.exp(Math.min(100, Math.max(-100, log)))

const plain = ({ id, factor, before, now }: Change): PeerChange => ({ id, factor, before, now })
