import { cuboidsOf, type CodedLeaves, type Cuboid } from './leaves.ts'

/** Failed (or slow) events and all events, now and over the time before that is taken as usual. */
export interface Events {
  bad: number
  total: number
  baselineBad: number
  baselineTotal: number
}

export interface RatioColumns {
  bad: Float64Array
  total: Float64Array
  baselineBad: Float64Array
  baselineTotal: Float64Array
}

export interface RatioPlace {
  attributes: readonly number[]
  members: readonly number[]
  events: Events
  /** Share of bad events that was to be expected here. */
  usual: number
  /** Log of the likelihood ratio of "its rate rose" against "its rate is as usual", in nats. */
  strength: number
}

export interface RatioSearch {
  places: RatioPlace[]
  whole: Events
  /** As of a place, of everything together. */
  wholeUsual: number
  wholeStrength: number
  deepest: number
  /** How many elements were weighed, which decides what chance alone finds. */
  weighed: number
}

/** An element's usual rate leans on everybody's while it has little baseline of its own. */
const PRIOR_EVENTS = 20
/** Nats at which the rest of a place is affected as well (four deviations: a minute differs from another by more than counting). */
export const affectedStrength = 8
/** And its rise is at least this share of the place's, in logs of the rates' ratio. */
const ALIKE = 0.25
/** Nats at which the rest is well rather than affected as the place is. */
const WELL = 3
/** A finer place keeps this share of the excess. */
const KEPT = 0.8
/** A further place has at least this share of the first one's strength. */
const FURTHER = 0.5
const MAXIMUM_PLACES = 5

/**
 * The places whose share of bad events rose. Counts are summed over an element's leaves and only then divided, so that leaves of two
 * events do not shout. The element with the largest likelihood ratio (the binomial scan statistic) is where the search begins: it
 * climbs to a coarser one as long as the rest of that is affected too, and goes down to a finer one where the rest is well.
 */
export function searchRatio(coded: CodedLeaves, columns: RatioColumns): RatioSearch {
  const { cuboids, deepest } = cuboidsOf(coded)
  const left = new Uint8Array(coded.count).fill(1)
  const whole = sumOf(columns, left)
  const everywhere = whole.baselineTotal > 0 ? whole.baselineBad / whole.baselineTotal : 0
  const places: RatioPlace[] = []
  let weighed = 0
  while (places.length < MAXIMUM_PLACES) {
    const table = elementsOf({ cuboids, columns, left, everywhere })
    weighed = Math.max(weighed, table.size)
    const first = strongest(table.values())
    if (first === null || first.strength < FURTHER * (places[0]?.strength ?? 0)) break
    const place = newest(descend(climb(first, table, coded), table, everywhere), table, columns)
    const members = membersOf(place, left)
    places.push({ ...place, attributes: place.cuboid.attributes, members })
    for (const leaf of members) left[leaf] = 0
  }
  const usual = usualRate(whole, everywhere)
  return { places, whole, wholeUsual: usual, wholeStrength: strengthOf(whole, usual), deepest, weighed }
}

interface Element {
  cuboid: Cuboid
  cell: number
  /** One of its leaves, which names its values. */
  leaf: number
  events: Events
  usual: number
  strength: number
}

interface Scan {
  cuboids: readonly Cuboid[]
  columns: RatioColumns
  left: Uint8Array
  everywhere: number
}

const keyOf = (attributes: readonly number[], cell: number): string => `${attributes.join()}:${cell}`

/** Every element of every cuboid that has events now. */
function elementsOf({ cuboids, columns, left, everywhere }: Scan): Map<string, Element> {
  const { bad, total, baselineBad, baselineTotal } = columns
  const elements = new Map<string, Element>()
  for (const cuboid of cuboids) {
    const { cells, cellOf } = cuboid
    const sums = new Float64Array(4 * cells)
    const leafOf = new Int32Array(cells).fill(-1)
    for (let leaf = 0; leaf < left.length; leaf++) {
      if (left[leaf] === 0) continue
      const cell = cellOf[leaf]!
      leafOf[cell] = leaf
      sums[4 * cell]! += bad[leaf]!
      sums[4 * cell + 1]! += total[leaf]!
      sums[4 * cell + 2]! += baselineBad[leaf]!
      sums[4 * cell + 3]! += baselineTotal[leaf]!
    }
    for (let cell = 0; cell < cells; cell++) {
      if (!(sums[4 * cell + 1]! > 0)) continue
      const events = {
        bad: sums[4 * cell]!,
        total: sums[4 * cell + 1]!,
        baselineBad: sums[4 * cell + 2]!,
        baselineTotal: sums[4 * cell + 3]!,
      }
      const usual = usualRate(events, everywhere)
      const element = { cuboid, cell, leaf: leafOf[cell]!, events, usual, strength: strengthOf(events, usual) }
      elements.set(keyOf(cuboid.attributes, cell), element)
    }
  }
  return elements
}

/** The strongest; of equals the coarser, which comes first. */
function strongest(elements: Iterable<Element>): Element | null {
  let best: Element | null = null
  for (const element of elements) {
    if (element.strength > (best?.strength ?? 0) * (1 + 1e-9)) best = element
  }
  return best
}

/** A finer element is not the place when what surrounds it is affected too: the coarser one is. */
function climb(start: Element, table: ReadonlyMap<string, Element>, coded: CodedLeaves): Element {
  const parents = parentsIn(table, coded)
  let here = start
  for (;;) {
    let next: { parent: Element; strength: number } | null = null
    for (const parent of parents(here)) {
      const strength = restStrength(parent, here)
      if (strength !== null && strength > (next?.strength ?? 0)) next = { parent, strength }
    }
    if (next === null) return here
    here = next.parent
  }
}

/** Of the parent without the child: how strongly it is affected in the child's manner; null when it is not. Endless when nothing is left. */
function restStrength(parent: Element, child: Element): number | null {
  const rest = minus(parent.events, child.events)
  if (rest.total <= 0) return Number.POSITIVE_INFINITY
  const usual = usualRate(rest, child.usual)
  const strength = strengthOf(rest, usual)
  return strength >= affectedStrength && riseOf(rest, usual) >= ALIKE * riseOf(child.events, child.usual)
    ? strength
    : null
}

/** A coarser element is not the place when all that matters lies in a part of it and the rest is shown to be well. */
function descend(start: Element, table: ReadonlyMap<string, Element>, everywhere: number): Element {
  let here = start
  for (;;) {
    const children = [...table.values()].filter((child) => isChild(child, here) && isWhole(child, here, everywhere))
    const next = strongest(children)
    if (next === null) return here
    here = next
  }
}

/** With fewer of its events in the time before, in proportion, a value is new. */
const NEW = 0.05

/** Of two names for the same events, what is new is likelier than what was well before: the version, not the zone that it runs in. */
function newest(place: Element, table: ReadonlyMap<string, Element>, { total }: RatioColumns): Element {
  const { bad, total: all } = place.events
  const leaf = place.cuboid.cellOf.findIndex((cell, one) => cell === place.cell && total[one]! > 0)
  const isNew = ({ events }: Element) => events.baselineTotal < NEW * events.total
  if (leaf === -1 || isNew(place)) return place
  const same = [...table.values()].find(
    (one) => one.cuboid.cellOf[leaf] === one.cell && one.events.total === all && one.events.bad === bad && isNew(one),
  )
  return same ?? place
}

const isChild = (child: Element, parent: Element): boolean =>
  child.cuboid.attributes.length === parent.cuboid.attributes.length + 1 &&
  parent.cuboid.attributes.every((attribute) => child.cuboid.attributes.includes(attribute)) &&
  parent.cuboid.cellOf[child.leaf] === parent.cell

function isWhole(child: Element, parent: Element, everywhere: number): boolean {
  const rest = minus(parent.events, child.events)
  if (rest.total <= 0 || restStrength(parent, child) !== null) return false
  const usual = usualRate(rest, everywhere)
  // The rate that the rest would have if it had risen as the child has.
  const alike = Math.min(0.999, usual * (rateOf(child.events) / child.usual))
  const found = rateOf(rest)
  if (found >= alike) return false
  const evidence = likelihood(rest, Math.max(usual, found)) - likelihood(rest, alike)
  return evidence >= WELL && excessOf(child) >= KEPT * excessOf(parent)
}

function parentsIn(table: ReadonlyMap<string, Element>, coded: CodedLeaves): (child: Element) => Element[] {
  const cuboidOf = new Map<string, Cuboid>()
  for (const { cuboid } of table.values()) cuboidOf.set(cuboid.attributes.join(), cuboid)
  return ({ cuboid: { attributes }, leaf }) =>
    coded.names.flatMap((_, dropped) => {
      if (attributes.length === 1 || !attributes.includes(dropped)) return []
      const parent = cuboidOf.get(attributes.filter((attribute) => attribute !== dropped).join())
      const element = parent && table.get(keyOf(parent.attributes, parent.cellOf[leaf]!))
      return element ? [element] : []
    })
}

function membersOf({ cuboid, cell }: Element, left: Uint8Array): number[] {
  const members: number[] = []
  for (let leaf = 0; leaf < left.length; leaf++)
    if (left[leaf] === 1 && cuboid.cellOf[leaf] === cell) members.push(leaf)
  return members
}

function sumOf(columns: RatioColumns, left: Uint8Array): Events {
  const sum = (column: Float64Array) => column.reduce((total, value, leaf) => total + (left[leaf] === 1 ? value : 0), 0)
  return {
    bad: sum(columns.bad),
    total: sum(columns.total),
    baselineBad: sum(columns.baselineBad),
    baselineTotal: sum(columns.baselineTotal),
  }
}

const minus = (a: Events, b: Events): Events => ({
  bad: Math.max(0, a.bad - b.bad),
  total: Math.max(0, a.total - b.total),
  baselineBad: Math.max(0, a.baselineBad - b.baselineBad),
  baselineTotal: Math.max(0, a.baselineTotal - b.baselineTotal),
})

/** Between nothing and everything, so that logs are finite. */
const inside = (rate: number): number => Math.min(1 - 1e-9, Math.max(1e-9, rate))
const rateOf = ({ bad, total }: Events): number => inside(bad / total)

function usualRate({ baselineBad, baselineTotal }: Events, everywhere: number): number {
  return inside((baselineBad + everywhere * PRIOR_EVENTS) / (baselineTotal + PRIOR_EVENTS))
}

const likelihood = ({ bad, total }: Events, rate: number): number =>
  bad * Math.log(inside(rate)) + (total - bad) * Math.log(inside(1 - rate))

function strengthOf(events: Events, usual: number): number {
  const rate = rateOf(events)
  return rate > usual ? likelihood(events, rate) - likelihood(events, usual) : 0
}

const riseOf = (events: Events, usual: number): number => Math.log(rateOf(events) / usual)
const excessOf = ({ events, usual }: Element): number => events.bad - events.total * usual
