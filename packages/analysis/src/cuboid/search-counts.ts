import { cuboidsOf, type CodedLeaves, type Cuboid } from './leaves.ts'
import { relativeNoise, type RelativeNoise } from './relative-noise.ts'

/** A combination of values whose leaves moved together. */
export interface CountPlace {
  attributes: readonly number[]
  /** Its leaves, also those that another place explains better. */
  members: readonly number[]
  /** Leaves that this place is what explains them. */
  own: readonly number[]
  /** Relative change that its leaves share: -0.3 is 30 % less than forecast. */
  change: number
  /** Nats by which the leaves are told more shortly with this place than without it, its own description taken off. */
  strength: number
}

export interface CountSearch {
  places: CountPlace[]
  /** How many attributes the finest cuboid that was searched has. */
  deepest: number
  /** Relative deviation of a large leaf when nothing is wrong. */
  noise: number
  /** Standard error of the whole's relative change when nothing is wrong. */
  wholeError: number
  /** What (almost) all leaves changed by alike; null when that is not so. */
  shared: number | null
  /** Mean relative change of the leaves that no place explains, and how many standard errors that is. */
  rest: { change: number; score: number }
}

/** Leaves of a prior whose spread about the place's change is as that of leaves that are well. */
const PRIOR_LEAVES = 2
/** Beyond so many deviations a leaf is no more surprising: forecasts err by more than normal noise. */
const MAXIMUM_SCORE = 6
/** Nats that any place costs beside naming it. */
const COST = 3
/** Leaves of one place follow its change to within this share of it; more is another place, or two. */
const RIPPLE = 0.15
/** A change below is not what an incident is about. */
export const leastChange = 0.1
const MAXIMUM_PLACES = 12
/** So many searches are made anew without a place that fits badly. */
const MAXIMUM_DOUBTS = 4

/**
 * The places whose leaves deviate from the forecast, by minimum description length. Outside every place a leaf's relative deviation is
 * noise about zero; inside, about the place's change (the generalised ripple effect of Squeeze: leaves of one cause change in
 * proportion). A place costs the naming of its element (log of the elements in its cuboid, log of the cuboids), so a coarse one is
 * taken when it tells the leaves as shortly as a fine one.
 */
export function searchCounts(
  coded: CodedLeaves,
  { actual, forecast, areEvents }: { actual: Float64Array; forecast: Float64Array; areEvents: boolean },
): CountSearch {
  const { cuboids, deepest } = cuboidsOf(coded)
  const relative = relativeNoise(actual, forecast, areEvents)
  const { y, weight, share } = relative
  const plain = new Float64Array(coded.count)
  const wy = new Float64Array(coded.count)
  const wyy = new Float64Array(coded.count)
  for (let leaf = 0; leaf < coded.count; leaf++) {
    wy[leaf] = weight[leaf]! * y[leaf]!
    wyy[leaf] = wy[leaf]! * y[leaf]!
    plain[leaf] = Math.min(0.5 * wyy[leaf]!, 0.5 * MAXIMUM_SCORE ** 2)
  }
  const table: Table = { cuboids, plain, weight, wy, wyy }
  let best = explain(table, new Set())
  // The greedy way may begin with a place that lies across two true ones and fits neither: what is found without it?
  const banned = new Set<string>()
  while (banned.size < MAXIMUM_DOUBTS) {
    const doubtful = firstMisfit(best, banned)
    if (doubtful === null) break
    banned.add(doubtful)
    const other = explain(table, banned)
    if (other.saved > best.saved) best = other
  }
  return {
    places: placesOf(best),
    deepest,
    noise: share,
    wholeError: wholeError(forecast, weight),
    shared: sharedChange({ actual, forecast, areEvents }, relative, best.saved),
    rest: restOf(best.owner, table),
  }
}

/**
 * What all leaves changed by alike, when that tells them more shortly than the places do: the forecast is taken to be off by one factor,
 * and the noise about it is learned anew.
 */
function sharedChange(
  { actual, forecast, areEvents }: { actual: Float64Array; forecast: Float64Array; areEvents: boolean },
  relative: RelativeNoise,
  saved: number,
): number | null {
  const middle = relative.y.slice().sort()[relative.y.length >> 1] ?? 0
  if (Math.abs(middle) < leastChange) return null
  const factor = Math.max(1 + middle, 0.01)
  const moved = relativeNoise(
    actual,
    forecast.map((value) => value * factor),
    areEvents,
  )
  const alike = costOf(moved) + relative.y.length * Math.log(factor) + COST
  return alike < costOf(relative) - saved ? middle : null
}

/** Nats to tell all leaves as noise, with how wide that is. */
function costOf({ y, weight }: RelativeNoise): number {
  let cost = 0
  for (let leaf = 0; leaf < y.length; leaf++) {
    cost += Math.min(0.5 * weight[leaf]! * y[leaf]! ** 2, 0.5 * MAXIMUM_SCORE ** 2) - 0.5 * Math.log(weight[leaf]!)
  }
  return cost
}

interface Table {
  cuboids: readonly Cuboid[]
  /** What each leaf costs to tell as noise, in nats. */
  plain: Float64Array
  weight: Float64Array
  /** weight * y and weight * y^2. */
  wy: Float64Array
  wyy: Float64Array
}

interface Candidate {
  key: string
  cuboid: Cuboid
  cell: number
  fit: Fit
  gain: number
}

interface Explained {
  picked: Candidate[]
  /** Which of the picked explains each leaf; -1 for none. */
  owner: Int32Array
  saved: number
}

/** One after the other the element that saves most among what is left, until nothing saves. */
function explain(table: Table, banned: ReadonlySet<string>): Explained {
  const owner = new Int32Array(table.plain.length).fill(-1)
  const picked: Candidate[] = []
  let saved = 0
  while (picked.length < MAXIMUM_PLACES) {
    const best = bestOf(table, unexplained(owner), banned)
    if (best === null) break
    const { cellOf } = best.cuboid
    for (let leaf = 0; leaf < owner.length; leaf++) {
      if (owner[leaf] === -1 && cellOf[leaf] === best.cell) owner[leaf] = picked.length
    }
    saved += best.gain
    picked.push(best)
  }
  return { picked, owner, saved }
}

const firstMisfit = ({ picked }: Explained, banned: ReadonlySet<string>): string | null =>
  picked.find(({ fit, key }) => fit.strays && !banned.has(key))?.key ?? null

interface Fit {
  count: number
  centre: number
  /** Leaves vary more about the centre than those of one cause do. */
  strays: boolean
  /** Nats to tell the leaves about the centre. */
  cost: number
  /** Nats saved against leaves that vary about zero less than others do: what is only quieter than usual has not moved. */
  moved: number
}

function fitFrom(count: number, w: number, wy: number, wyy: number): Fit {
  const centre = w > 0 ? wy / w : 0
  const squares = Math.max(0, wyy - w * centre ** 2)
  const most = 1 + ((RIPPLE * centre) ** 2 * w) / Math.max(1, count)
  const found = (PRIOR_LEAVES + squares) / (PRIOR_LEAVES + count)
  const spread = Math.min(most, found)
  const quiet = Math.min(1, (PRIOR_LEAVES + wyy) / (PRIOR_LEAVES + count))
  const cost = 0.5 * (squares / spread + count * Math.log(spread))
  const moved = 0.5 * (wyy / quiet + count * Math.log(quiet)) - cost
  return { count, centre, strays: found > most, cost, moved }
}

/** The change is told to a precision that grows with the leaves (as in the Bayesian information criterion). */
const fullPrice = (price: number, count: number): number => price + 0.5 * Math.log(count + 1)

/** Of all elements of all cuboids the one that saves most with the leaves that are left. */
function bestOf(table: Table, left: Uint32Array, banned: ReadonlySet<string>): Candidate | null {
  const { cuboids, plain, weight, wy, wyy } = table
  // One table for all cuboids: new ones would be most of the work.
  const sums = new Float64Array(5 * cuboids.reduce((most, { cells }) => Math.max(most, cells), 0))
  let best: Candidate | null = null
  for (const cuboid of cuboids) {
    const { cells, cellOf } = cuboid
    const price = Math.log(cells) + Math.log(cuboids.length) + COST
    sums.fill(0, 0, 5 * cells)
    for (let index = 0; index < left.length; index++) {
      const leaf = left[index]!
      const at = 5 * cellOf[leaf]!
      sums[at]! += 1
      sums[at + 1]! += weight[leaf]!
      sums[at + 2]! += wy[leaf]!
      sums[at + 3]! += wyy[leaf]!
      sums[at + 4]! += plain[leaf]!
    }
    for (let cell = 0; cell < cells; cell++) {
      const at = 5 * cell
      if (sums[at + 4]! <= price + (best?.gain ?? 0)) continue
      const fit = fitFrom(sums[at]!, sums[at + 1]!, sums[at + 2]!, sums[at + 3]!)
      if (Math.abs(fit.centre) < leastChange) continue
      const gain = Math.min(sums[at + 4]! - fit.cost, fit.moved) - fullPrice(price, fit.count)
      if (gain <= (best?.gain ?? 0)) continue
      const key = `${cuboid.attributes.join()}:${cell}`
      if (!banned.has(key)) best = { key, cuboid, cell, fit, gain }
    }
  }
  return best
}

function unexplained(owner: Int32Array): Uint32Array {
  const left = new Uint32Array(owner.length)
  let count = 0
  for (let leaf = 0; leaf < owner.length; leaf++) if (owner[leaf] === -1) left[count++] = leaf
  return left.subarray(0, count)
}

function placesOf({ picked, owner }: Explained): CountPlace[] {
  return picked
    .map(({ cuboid: { attributes, cellOf }, cell, fit, gain }, index) => {
      const members: number[] = []
      for (let leaf = 0; leaf < owner.length; leaf++) if (cellOf[leaf] === cell) members.push(leaf)
      const own = members.filter((leaf) => owner[leaf] === index)
      return { attributes, members, own, change: fit.centre, strength: gain }
    })
    .sort((a, b) => b.strength - a.strength)
}

function restOf(owner: Int32Array, { weight, wy }: Table): { change: number; score: number } {
  let w = 0
  let first = 0
  for (let leaf = 0; leaf < owner.length; leaf++) {
    if (owner[leaf] !== -1) continue
    w += weight[leaf]!
    first += wy[leaf]!
  }
  return w > 0 ? { change: first / w, score: first / Math.sqrt(w) } : { change: 0, score: 0 }
}

function wholeError(forecast: Float64Array, weight: Float64Array): number {
  let squares = 0
  let total = 0
  for (let leaf = 0; leaf < forecast.length; leaf++) {
    squares += forecast[leaf]! ** 2 / weight[leaf]!
    total += forecast[leaf]!
  }
  return total > 0 ? Math.sqrt(squares) / total : 0
}
