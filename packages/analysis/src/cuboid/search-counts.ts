import { cuboidsOf, type CodedLeaves, type Cuboid } from './leaves.ts'
import { relativeNoise } from './relative-noise.ts'

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
const MAXIMUM_CANDIDATES = 300

/**
 * The places whose leaves deviate from the forecast, by minimum description length. Outside every place a leaf's relative deviation is
 * noise about zero; inside, about the place's change (the generalised ripple effect of Squeeze: leaves of one cause change in
 * proportion). A place costs the naming of its element (log of the elements in its cuboid, log of the cuboids), so a coarse one is
 * taken when it tells the leaves as shortly as a fine one.
 */
export function searchCounts(coded: CodedLeaves, actual: Float64Array, forecast: Float64Array): CountSearch {
  const { cuboids, deepest } = cuboidsOf(coded)
  const { y, weight, share } = relativeNoise(actual, forecast)
  const plain = new Float64Array(coded.count)
  const wy = new Float64Array(coded.count)
  const wyy = new Float64Array(coded.count)
  for (let leaf = 0; leaf < coded.count; leaf++) {
    wy[leaf] = weight[leaf]! * y[leaf]!
    wyy[leaf] = wy[leaf]! * y[leaf]!
    plain[leaf] = Math.min(0.5 * wyy[leaf]!, 0.5 * MAXIMUM_SCORE ** 2)
  }
  const table: Table = { cuboids, plain, y, weight, wy, wyy }
  let best = explain(table, new Set())
  // The greedy way may begin with a place that lies across two true ones and fits neither: what is found without it?
  const banned = new Set<string>()
  for (let doubtful = firstMisfit(best, banned); doubtful !== null; doubtful = firstMisfit(best, banned)) {
    banned.add(doubtful)
    const other = explain(table, banned)
    if (other.saved > best.saved) best = other
  }
  return { places: placesOf(best), deepest, noise: share, rest: restOf(best.owner, table) }
}

interface Table {
  cuboids: readonly Cuboid[]
  /** What each leaf costs to tell as noise, in nats. */
  plain: Float64Array
  y: Float64Array
  weight: Float64Array
  /** weight * y and weight * y^2. */
  wy: Float64Array
  wyy: Float64Array
}

interface State extends Table {
  /** What each leaf costs as things stand. */
  cost: Float64Array
  /** Which place explains each leaf; -1 for none. */
  owner: Int32Array
}

interface Candidate {
  key: string
  attributes: readonly number[]
  price: number
  members: readonly number[]
}

interface Picked {
  candidate: Candidate
  fit: Fit
  gain: number
}

interface Explained {
  picked: Picked[]
  owner: Int32Array
  saved: number
}

/** One after the other the candidate that saves most, looked for anew among what is left until nothing saves. */
function explain(table: Table, banned: ReadonlySet<string>): Explained {
  const state: State = { ...table, cost: table.plain.slice(), owner: new Int32Array(table.plain.length).fill(-1) }
  const picked: Picked[] = []
  let saved = 0
  for (let before = -1; before < picked.length && picked.length < MAXIMUM_PLACES;) {
    before = picked.length
    let candidates = candidatesOf(state, banned)
    while (picked.length < MAXIMUM_PLACES) {
      const best = bestOf(candidates, state)
      if (best === null) break
      for (const leaf of best.candidate.members) {
        const own = costUnder(best.fit, leaf, state)
        if (state.owner[leaf] !== -1 && own >= state.cost[leaf]!) continue
        state.cost[leaf] = own
        state.owner[leaf] = picked.length
      }
      saved += best.gain
      picked.push(best)
      // What lies wholly inside can save next to nothing more.
      candidates = candidates.filter(({ members }) => members.some((leaf) => state.owner[leaf] === -1))
    }
  }
  return { picked, owner: state.owner, saved }
}

function bestOf(candidates: readonly Candidate[], state: State): Picked | null {
  let best: Picked | null = null
  for (const candidate of candidates) {
    const fit = fitOf(candidate.members, state)
    const gain = gainOf(candidate, fit, state)
    if (gain > (best?.gain ?? 0)) best = { candidate, fit, gain }
  }
  return best
}

const firstMisfit = ({ picked }: Explained, banned: ReadonlySet<string>): string | null =>
  picked.find(({ candidate, fit }) => fit.strays && !banned.has(candidate.key))?.candidate.key ?? null

interface Fit {
  count: number
  centre: number
  /** Variance about the centre, as a multiple of that of leaves that are well. */
  spread: number
  /** Leaves vary more about the centre than those of one cause do. */
  strays: boolean
  /** Nats saved against leaves that vary about zero less than others do: what is only quieter than usual has not moved. */
  moved: number
}

function fitOf(members: readonly number[], { owner, weight, wy, wyy }: State): Fit {
  let count = 0
  let w = 0
  let first = 0
  let second = 0
  for (const leaf of members) {
    if (owner[leaf] !== -1) continue
    count++
    w += weight[leaf]!
    first += wy[leaf]!
    second += wyy[leaf]!
  }
  return fitFrom(count, w, first, second)
}

function fitFrom(count: number, w: number, wy: number, wyy: number): Fit {
  const centre = w > 0 ? wy / w : 0
  const squares = Math.max(0, wyy - w * centre ** 2)
  const most = 1 + ((RIPPLE * centre) ** 2 * w) / Math.max(1, count)
  const found = (PRIOR_LEAVES + squares) / (PRIOR_LEAVES + count)
  const spread = Math.min(most, found)
  const quiet = Math.min(1, (PRIOR_LEAVES + wyy) / (PRIOR_LEAVES + count))
  const moved = 0.5 * (wyy / quiet - squares / spread + count * Math.log(quiet / spread))
  return { count, centre, spread, strays: found > most, moved }
}

const costUnder = ({ centre, spread }: Fit, leaf: number, { y, weight }: Table): number =>
  0.5 * ((weight[leaf]! * (y[leaf]! - centre) ** 2) / spread + Math.log(spread))

function gainOf({ members, price }: Candidate, fit: Fit, state: State): number {
  if (fit.count === 0 || Math.abs(fit.centre) < leastChange) return 0
  let saved = 0
  for (const leaf of members) {
    const own = state.cost[leaf]! - costUnder(fit, leaf, state)
    // What another place explains already stays there when that tells it better.
    saved += state.owner[leaf] === -1 ? own : Math.max(0, own)
  }
  return Math.min(saved, fit.moved) - fullPrice(price, fit.count)
}

/** The change is told to a precision that grows with the leaves (as in the Bayesian information criterion). */
const fullPrice = (price: number, count: number): number => price + 0.5 * Math.log(count + 1)

/** The elements of all cuboids that save something with the leaves that nothing explains yet. */
function candidatesOf(state: State, banned: ReadonlySet<string>): Candidate[] {
  const { cuboids, plain, owner, weight, wy, wyy } = state
  const left = unexplained(owner)
  // One table for all cuboids: new ones would be most of the work.
  const sums = new Float64Array(5 * cuboids.reduce((most, { cells }) => Math.max(most, cells), 0))
  const good: { cuboid: Cuboid; cell: number; key: string; price: number; gain: number }[] = []
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
      if (sums[at + 4]! <= price) continue
      const fit = fitFrom(sums[at]!, sums[at + 1]!, sums[at + 2]!, sums[at + 3]!)
      if (Math.abs(fit.centre) < leastChange) continue
      const squares = Math.max(0, sums[at + 3]! - sums[at + 1]! * fit.centre ** 2)
      const inside = 0.5 * (squares / fit.spread + fit.count * Math.log(fit.spread))
      const gain = Math.min(sums[at + 4]! - inside, fit.moved) - fullPrice(price, fit.count)
      const key = `${cuboid.attributes.join()}:${cell}`
      if (gain > 0 && !banned.has(key)) good.push({ cuboid, cell, key, price, gain })
    }
  }
  return withMembers(good.sort((a, b) => b.gain - a.gain).slice(0, MAXIMUM_CANDIDATES))
}

function unexplained(owner: Int32Array): Uint32Array {
  const left = new Uint32Array(owner.length)
  let count = 0
  for (let leaf = 0; leaf < owner.length; leaf++) if (owner[leaf] === -1) left[count++] = leaf
  return left.subarray(0, count)
}

/** One walk over the leaves for each cuboid that has a candidate. */
function withMembers(good: readonly { cuboid: Cuboid; cell: number; key: string; price: number }[]): Candidate[] {
  const listOf = new Map<Cuboid, Map<number, number[]>>()
  for (const { cuboid, cell } of good) {
    const lists = listOf.get(cuboid) ?? new Map<number, number[]>()
    listOf.set(cuboid, lists.set(cell, []))
  }
  for (const [{ cells, cellOf }, lists] of listOf) {
    const wanted = new Uint8Array(cells)
    for (const cell of lists.keys()) wanted[cell] = 1
    for (let leaf = 0; leaf < cellOf.length; leaf++) {
      if (wanted[cellOf[leaf]!] === 1) lists.get(cellOf[leaf]!)!.push(leaf)
    }
  }
  return good.map(({ cuboid, cell, key, price }) => ({
    key,
    attributes: cuboid.attributes,
    price,
    members: listOf.get(cuboid)!.get(cell)!,
  }))
}

function placesOf({ picked, owner }: Explained): CountPlace[] {
  return picked
    .map(({ candidate: { attributes, members }, fit, gain }, index) => ({
      attributes,
      members,
      own: members.filter((leaf) => owner[leaf] === index),
      change: fit.centre,
      strength: gain,
    }))
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
