/**
 * Which combinations of dimension values a change sits in: "bitrate 4500 on cdn 5", out of thousands of combinations.
 *
 * Counts are compared with a forecast of each leaf, ratios with the same leaf's counts over a time before. See
 * docs/analysis/localisation.md for the method, its sources and when not to use it.
 */
import { codeLeaves, elementOf, type CodedLeaves } from './leaves.ts'
import { leastChange, searchCounts, type CountPlace } from './search-counts.ts'
import { affectedStrength, searchRatio, type Events, type RatioPlace, type RatioSearch } from './search-ratio.ts'

/** One combination of all dimensions, e.g. values `['A', 'ios', 'v2']` of attributes `['zone', 'client', 'version']`. */
export interface CountLeaf {
  values: readonly string[]
  /** In any one unit; both in the same. */
  actual: number
  forecast: number
}

/** Failed events of all events, now and over a healthy time before, which may be longer. */
export interface RatioLeaf extends Events {
  values: readonly string[]
}

interface Question {
  attributes: readonly string[]
  /** With fewer (events now; for counts actual or forecast) the answer is inconclusive; 50 by default. */
  minimumEvents?: number
}

export type DimensionQuestion =
  | (Question & {
      kind: 'count'
      leaves: readonly CountLeaf[]
      /** Events rather than amounts: they vary at least as Poisson counts do. By default when all are whole numbers. */
      areEvents?: boolean
    })
  | (Question & { kind: 'ratio'; leaves: readonly RatioLeaf[] })

export interface LocatedPlace {
  /** Values of the dimensions that matter; the others are not restricted. */
  where: Record<string, string>
  /** `zone A, client ios`. */
  text: string
  /** Counts: sum now and as forecast. Ratios: share of bad events now and as usual. */
  now: number
  usual: number
  /** Counts: now / usual - 1. Ratios: now - usual. */
  change: number
  /** Share of the change of the whole that lies here, 0..1; those of all places and of the rest sum to 1. */
  explained: number
  /** Share of everything (forecast, or events) that lies here, 0..1. */
  share: number
  leaves: number
  /** Nats of evidence. */
  strength: number
  supports: string[]
  /** Why it is not the coarser place that leaves out one of its dimensions. */
  notCoarser: { text: string; reason: string }[]
}

export interface DimensionAnswer {
  /**
   * `located`: the places hold the change. `spread`: all combinations changed alike, or the places hold less than half. `nothing`: no
   * change beyond noise. `inconclusive`: too little to say, the reason says what.
   */
  status: 'located' | 'spread' | 'nothing' | 'inconclusive'
  /** Strongest first; of `spread` those that stand out all the same. */
  places: LocatedPlace[]
  /** Share of the change that the places hold together, 0..1. */
  explained: number
  /** One sentence. */
  reason: string
  /** What was left out of the data or of the search. */
  notes: string[]
}

const DEFAULT_MINIMUM = 50
/** Beyond are no counts: they would make sums of nothing. */
const MAXIMUM_VALUE = 1e15
/** Nats above what the best of so many elements has by chance. */
const CHANCE = 7
/** Standard errors at which the rest is moved as a whole. */
const REST_SCORE = 4
/** And at which the whole is. */
const WHOLE_SCORE = 3
const MOST = 0.5
const MOST_TRAFFIC = 0.9

/** @returns an answer for any input: what cannot be judged is `inconclusive` with the reason. */
export function locateDimensions(question: DimensionQuestion): DimensionAnswer {
  switch (question.kind) {
    case 'count':
      return locateCounts(question, question.leaves, question.areEvents)
    case 'ratio':
      return locateRatio(question, question.leaves)
  }
}

function locateCounts(question: Question, all: readonly CountLeaf[], areEvents?: boolean): DimensionAnswer {
  const leaves = all.filter(({ actual, forecast }) => isCount(actual) && isCount(forecast))
  const notes = leftOut(all.length - leaves.length)
  const actual = new Float64Array(leaves.length)
  const forecast = new Float64Array(leaves.length)
  for (const [index, leaf] of leaves.entries()) {
    actual[index] = leaf.actual
    forecast[index] = leaf.forecast
  }
  const totals = { actual: sum(actual), forecast: sum(forecast) }
  const coded = codeLeaves(
    question.attributes,
    leaves.map(({ values }) => values),
  )
  const lack = lacking({ question, coded, events: Math.max(totals.actual, totals.forecast) })
  if (lack !== null) return inconclusive(lack, notes)
  if (totals.forecast <= 0) return inconclusive('there is no forecast to compare with', notes)
  const isEvents = areEvents ?? actual.every(Number.isInteger)
  const found = searchCounts(coded, { actual, forecast, areEvents: isEvents })
  notes.push(...depthNote(coded, found.deepest))
  const whole = totals.actual / totals.forecast - 1
  const moved = `the whole is at ${signed(whole)} of its forecast`
  if (found.shared !== null && isAlike(found.shared, whole))
    return none('spread', `all combinations changed alike: ${moved}`, notes)
  if (found.places.length === 0) {
    const noise = `single combinations stray by ${percent(found.noise)}`
    if (Math.abs(found.rest.change) >= leastChange && Math.abs(found.rest.score) >= REST_SCORE)
      return none('spread', `all combinations changed alike: ${moved}`, notes)
    if (Math.abs(whole) >= leastChange && Math.abs(whole) > WHOLE_SCORE * found.wholeError)
      return none('inconclusive', `${moved}, and no combination stands out: ${noise}`, notes)
    return none('nothing', `no combination left its forecast beyond noise: ${noise}`, notes)
  }
  const noise = 2 * found.wholeError * totals.forecast
  const places = describeCounts({ coded, actual, forecast, totals, noise }, found.places)
  return conclude(places, { notes, alike: null })
}

/** The whole changed as its parts did: what most parts show because they are empty, it does not. */
const isAlike = (shared: number, whole: number): boolean =>
  Math.abs(whole) >= leastChange && Math.abs(shared - whole) <= 0.5 * Math.abs(whole)

interface CountTable {
  coded: CodedLeaves
  actual: Float64Array
  forecast: Float64Array
  totals: { actual: number; forecast: number }
  /** What the whole strays by when nothing is wrong. */
  noise: number
}

function describeCounts(table: CountTable, found: readonly CountPlace[]): LocatedPlace[] {
  const { coded, actual, forecast, totals, noise } = table
  const sums = found.map(({ own }) => countsOf(table, own))
  const moved = sums.map((one) => Math.abs(one.actual - one.forecast))
  const left = {
    actual: totals.actual - sums.reduce((total, one) => total + one.actual, 0),
    forecast: totals.forecast - sums.reduce((total, one) => total + one.forecast, 0),
  }
  const whole =
    moved.reduce((total, one) => total + one, 0) + Math.max(0, Math.abs(left.actual - left.forecast) - noise)
  return found.map((place, index): LocatedPlace => {
    const { actual: now, forecast: usual } = countsOf(table, place.members)
    const leaf = place.members[0] ?? 0
    const where = elementOf(coded, place.attributes, leaf)
    const change = relative({ actual: now, forecast: usual })
    const share = usual / Math.max(totals.forecast, 1e-12)
    return {
      where,
      text: placeText(where),
      now,
      usual,
      change,
      explained: whole > 0 ? (moved[index] ?? 0) / whole : 0,
      share,
      leaves: place.members.length,
      strength: place.strength,
      supports: [
        `${placeText(where)}: ${figure(now)} of ${figure(usual)} forecast (${signed(change)}), elsewhere ${signed(relative(left))}`,
        `its ${combinations(place.members.length)} changed alike, by ${signed(place.change)} each`,
      ],
      notCoarser: coarserOf(coded, place.attributes, leaf, place.members).map(({ where: wider, rest }) => {
        const beside = { actual: 0, forecast: 0 }
        for (const one of rest) {
          beside.actual += actual[one] ?? 0
          beside.forecast += forecast[one] ?? 0
        }
        const text = placeText(wider)
        return rest.length === 0
          ? { text, reason: `the same ${combinations(place.members.length)}` }
          : { text, reason: `its other ${combinations(rest.length)} are at ${signed(relative(beside))}` }
      }),
    }
  })
}

const countsOf = ({ actual, forecast }: CountTable, members: readonly number[]) =>
  members.reduce(
    (total, leaf) => ({
      actual: total.actual + (actual[leaf] ?? 0),
      forecast: total.forecast + (forecast[leaf] ?? 0),
    }),
    { actual: 0, forecast: 0 },
  )

/** Of what nothing was forecast for, as of very little, so that it is a figure. */
const relative = (one: { actual: number; forecast: number }): number =>
  one.forecast > 1e-9 ? one.actual / one.forecast - 1 : one.actual > 1e-9 ? 1 : 0

function locateRatio(question: Question, all: readonly RatioLeaf[]): DimensionAnswer {
  const leaves = all.filter(
    ({ bad, total, baselineBad, baselineTotal }) =>
      [bad, total, baselineBad, baselineTotal].every(isCount) && bad <= total && baselineBad <= baselineTotal,
  )
  const notes = leftOut(all.length - leaves.length)
  const coded = codeLeaves(
    question.attributes,
    leaves.map(({ values }) => values),
  )
  const columns = {
    bad: Float64Array.from(leaves, (leaf) => leaf.bad),
    total: Float64Array.from(leaves, (leaf) => leaf.total),
    baselineBad: Float64Array.from(leaves, (leaf) => leaf.baselineBad),
    baselineTotal: Float64Array.from(leaves, (leaf) => leaf.baselineTotal),
  }
  const lack = lacking({ question, coded, events: sum(columns.total) })
  if (lack !== null) return inconclusive(lack, notes)
  if (sum(columns.baselineTotal) <= 0) return inconclusive('there is no time before to compare with', notes)
  const found = searchRatio(coded, columns)
  notes.push(...depthNote(coded, found.deepest))
  const chance = Math.log(Math.max(1, found.weighed)) + CHANCE
  const sure = found.places.filter(({ strength }) => strength >= chance)
  const rates = `${percent(found.whole.bad / found.whole.total)} fail, usual ${percent(found.wholeUsual)}`
  if (sure.length === 0) {
    return found.wholeStrength >= affectedStrength
      ? none('spread', `all combinations changed alike: ${rates}`, notes)
      : none('nothing', `no combination fails more than usual beyond noise: ${rates}`, notes)
  }
  const rest = sure.reduce((left, { events }) => minus(left, events), found.whole)
  return conclude(describeRatio(coded, columns, { found, sure, rest }), {
    notes,
    alike: alikeReason(found, sure, rest),
  })
}

/** Almost everything is no place, and neither is one whose rest fails more as well, half as much as the place does. */
function alikeReason(found: RatioSearch, sure: readonly RatioPlace[], rest: Events): string | null {
  const first = sure[0]
  if (!first) return null
  if (rest.total < (1 - MOST_TRAFFIC) * found.whole.total) return 'hardly anything lies elsewhere'
  const usual = rest.baselineTotal > 0 ? rest.baselineBad / rest.baselineTotal : found.wholeUsual
  const now = rest.bad / rest.total
  const rise = (rate: number, before: number) => Math.log(Math.max(rate, 1e-9) / Math.max(before, 1e-9))
  const isAlike = rise(now, usual) >= MOST * rise(first.events.bad / first.events.total, first.usual)
  return isAlike && now > usual ? `elsewhere ${percent(now)} fail as well, usual ${percent(usual)}` : null
}

interface RatioFound {
  found: RatioSearch
  sure: readonly RatioPlace[]
  rest: Events
}

function describeRatio(
  coded: CodedLeaves,
  columns: { bad: Float64Array; total: Float64Array; baselineBad: Float64Array; baselineTotal: Float64Array },
  { found, sure, rest }: RatioFound,
): LocatedPlace[] {
  const excessOf = (events: Events, usual: number) => Math.max(0, events.bad - events.total * usual)
  const restUsual = rest.baselineTotal > 0 ? rest.baselineBad / rest.baselineTotal : found.wholeUsual
  const whole = sure.reduce((total, { events, usual }) => total + excessOf(events, usual), excessOf(rest, restUsual))
  const elsewhere = rest.total > 0 ? `, elsewhere ${percent(rest.bad / rest.total)}` : ''
  return sure.map(({ attributes, members, events, usual, strength }): LocatedPlace => {
    const leaf = members[0] ?? 0
    const where = elementOf(coded, attributes, leaf)
    const now = events.bad / events.total
    const explained = whole > 0 ? excessOf(events, usual) / whole : 0
    const share = events.total / found.whole.total
    return {
      where,
      text: placeText(where),
      now,
      usual,
      change: now - usual,
      explained,
      share,
      leaves: members.length,
      strength,
      supports: [
        `${placeText(where)}: ${percent(now)} fail, usual ${percent(usual)}${elsewhere}`,
        `${percent(explained)} of the failures beyond the usual with ${percent(share)} of the events`,
      ],
      notCoarser: coarserOf(coded, attributes, leaf, members).map(({ where: wider, rest: beside }) => {
        const text = placeText(wider)
        let bad = 0
        let total = 0
        for (const one of beside) {
          bad += columns.bad[one] ?? 0
          total += columns.total[one] ?? 0
        }
        return total > 0
          ? { text, reason: `of its other ${figure(total)} events ${percent(bad / total)} fail` }
          : { text, reason: 'the same events' }
      }),
    }
  })
}

/** The places that leave out one dimension, and which leaves they have beside. */
function coarserOf(
  coded: CodedLeaves,
  attributes: readonly number[],
  leaf: number,
  members: readonly number[],
): { where: Record<string, string>; rest: number[] }[] {
  if (attributes.length < 2) return []
  const own = new Set(members)
  return attributes.map((dropped) => {
    const kept = attributes.filter((attribute) => attribute !== dropped)
    const rest: number[] = []
    for (let other = 0; other < coded.count; other++) {
      const isInside = kept.every((attribute) => coded.codes[attribute]![other] === coded.codes[attribute]![leaf])
      if (isInside && !own.has(other)) rest.push(other)
    }
    return { where: elementOf(coded, kept, leaf), rest }
  })
}

function conclude(
  places: LocatedPlace[],
  { notes, alike }: { notes: string[]; alike: string | null },
): DimensionAnswer {
  const explained = Math.min(
    1,
    places.reduce((total, place) => total + place.explained, 0),
  )
  const named = places.slice(0, 3).map(({ text }) => text)
  const more = places.length > 3 ? ` and ${places.length - 3} more` : ''
  const held = `${named.join('; ')}${more} ${places.length === 1 ? 'holds' : 'hold'} ${percent(explained)} of the change`
  if (alike !== null) return { status: 'spread', places, explained, reason: `${held}; ${alike}`, notes }
  return { status: explained >= MOST ? 'located' : 'spread', places, explained, reason: held, notes }
}

function lacking(part: { question: Question; coded: CodedLeaves; events: number }): string | null {
  const { question, coded, events } = part
  if (coded.count === 0) return 'there are no figures'
  if (!coded.values.some((values) => values.length > 1)) return 'no dimension has more than one value'
  const minimum = question.minimumEvents ?? DEFAULT_MINIMUM
  return events < minimum ? `${figure(events)} events; at least ${figure(minimum)} are needed to say where` : null
}

const leftOut = (count: number): string[] =>
  count > 0 ? [`${combinations(count)} left out: their figures are missing or cannot be counts`] : []

function depthNote(coded: CodedLeaves, deepest: number): string[] {
  const useful = coded.values.filter((values) => values.length > 1).length
  return deepest < useful ? [`places of more than ${deepest} dimensions were not looked at: there are too many`] : []
}

const none = (status: DimensionAnswer['status'], reason: string, notes: string[]): DimensionAnswer => ({
  status,
  places: [],
  explained: 0,
  reason,
  notes,
})
const inconclusive = (reason: string, notes: string[]): DimensionAnswer => none('inconclusive', reason, notes)

const isCount = (value: number): boolean => Number.isFinite(value) && value >= 0 && value <= MAXIMUM_VALUE
const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0)
const minus = (a: Events, b: Events): Events => ({
  bad: Math.max(0, a.bad - b.bad),
  total: Math.max(0, a.total - b.total),
  baselineBad: Math.max(0, a.baselineBad - b.baselineBad),
  baselineTotal: Math.max(0, a.baselineTotal - b.baselineTotal),
})

const placeText = (where: Record<string, string>): string =>
  Object.entries(where)
    .map(([name, value]) => `${name} ${value === '' ? '(none)' : value}`)
    .join(', ')
const combinations = (count: number): string => `${count} combination${count === 1 ? '' : 's'}`
const percent = (share: number): string => `${(share * 100).toFixed(share !== 0 && Math.abs(share) < 0.01 ? 2 : 1)} %`
const signed = (share: number): string => `${share > 0 ? '+' : ''}${percent(share)}`
const figure = (value: number): string =>
  Math.abs(value) >= 100 ? value.toFixed(0) : Number(value.toPrecision(3)).toString()
