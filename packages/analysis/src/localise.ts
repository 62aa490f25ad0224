/**
 * Where a loss sits: which values of which dimensions (zone, host, version) explain the failures beyond the usual.
 *
 * Every value, every pair of values and the set of failing values of each dimension is a candidate. It is good when it holds
 * the excess (recall), when what it holds is failing (precision), and when it is simple: the ripple of Adtributor (Bhagwan et al. 2014)
 * and Squeeze (Li et al. 2019) for the two or three dimensions that an incident has. Each rival says what rules it out.
 */
import { candidatesOf, whereText, type Candidate, type Cell, type MeasuredCell } from './localise-candidates.ts'

export interface LocaliseInput {
  cells: Cell[]
  /** Coarse first: on a tie the earlier wins, e.g. `['version', 'zone', 'host']`. */
  dimensions: string[]
  minimumEvents?: number
  /** `failures` (default): `bad` counts some of `total`. `seconds`: `bad` is time summed, so bad / total is a mean latency. */
  unit?: 'failures' | 'seconds'
  /** The same dimensions on neighbouring services: a zone whose other services are well is not the cause. */
  controls?: Cell[]
}

export interface Explanation {
  /** Values per dimension; several values of one are alternatives: `{ zone: ['A'] }`, `{ host: ['pay-a-1', 'pay-b-2'] }`. */
  where: Record<string, string[]>
  /** `zone A, version v2`. */
  text: string
  /** Share of the excess that lies inside, 0..1. */
  explained: number
  /** Share of the traffic inside that is itself affected, 0..1. */
  coverage: number
  /** Share of all traffic that lies inside, 0..1. */
  traffic: number
  /** Failures per event (or mean seconds) inside now, inside before, and outside now. */
  badRate: number
  baselineBadRate: number
  outsideBadRate: number
  /** 0..1. */
  score: number
  /** Values inside, per dimension: `{ host: ['pay-a-1', ...] }`. */
  members: Record<string, string[]>
  supports: string[]
}

export interface Localisation {
  status: 'localised' | 'spread' | 'none' | 'insufficient'
  /** Failures (or seconds) now over what the baseline's rate would give. */
  excess: number
  best: Explanation | null
  rivals: (Explanation & { ruledOutBy: string })[]
  /** One sentence. */
  reason: string
}

const criticalScore = 3
const minimumExplained = 0.7
/** Almost everything is not a place. */
const maximumTraffic = 0.9
const maximumRivals = 6

/** @returns `none` without excess beyond noise, `spread` when no place holds it, `insufficient` with too few events to say. */
export function localise(input: LocaliseInput): Localisation {
  const cells = measureCells(input.cells, input)
  const total = sum(cells, (cell) => cell.total)
  const minimum = input.minimumEvents ?? 50
  const unit = input.unit === 'seconds' ? 's' : 'failures'
  if (total < minimum)
    return empty('insufficient', 0, `${Math.round(total)} events; at least ${minimum} are needed to say where`)
  const excess = sum(cells, (cell) => cell.excess)
  const noise = Math.sqrt(sum(cells, (cell) => cell.variance))
  if (excess < criticalScore * noise)
    return empty('none', excess, `${round(excess)} ${unit} beyond the usual, within noise`)
  const controls = measureCells(input.controls ?? [], input)
  const explanations = candidatesOf(cells, input.dimensions)
    .map((candidate) => ({
      candidate,
      explanation: explain(candidate, { cells, excess, unit: input.unit ?? 'failures' }),
    }))
    .sort((a, b) => rank(b, controls) - rank(a, controls))
  const winner = explanations.find(
    ({ candidate, explanation }) => isPlace(explanation) && vetoOf(candidate, controls) === null,
  )
  if (winner === undefined) {
    const rivals = explanations.slice(0, maximumRivals).map(({ candidate, explanation }) => ({
      ...explanation,
      ruledOutBy:
        vetoOf(candidate, controls) ??
        `explains ${percent(explanation.explained)} with ${percent(explanation.traffic)} of the traffic`,
    }))
    return {
      status: 'spread',
      excess,
      best: null,
      rivals,
      reason: `${round(excess)} ${unit} beyond the usual are spread over all of ${input.dimensions.join(', ')}`,
    }
  }
  const rivals = explanations
    .filter((other) => other !== winner && other.explanation.explained >= 0.2)
    .slice(0, maximumRivals)
    .map((other) => ({
      ...other.explanation,
      ruledOutBy: vetoOf(other.candidate, controls) ?? compareWith(winner, other, unit),
    }))
  const best = winner.explanation
  const reason = `${best.text} holds ${percent(best.explained)} of the excess with ${percent(best.traffic)} of the traffic`
  return { status: 'localised', excess, best, rivals, reason }
}

interface Ranked {
  candidate: Candidate
  explanation: Explanation
}

/** A cell's usual rate leans on everybody's while it has little baseline of its own (a prior of so many events). */
const priorEvents = 50

function measureCells(cells: Cell[], { unit = 'failures' }: LocaliseInput): MeasuredCell[] {
  const everyTotal = sum(cells, (cell) => cell.baselineTotal)
  const everyBad = sum(cells, (cell) => cell.baselineBad)
  const everyRate = everyTotal > 0 ? everyBad / everyTotal : 0
  const measured = cells.map((cell) => {
    const usual = (cell.baselineBad + everyRate * priorEvents) / (cell.baselineTotal + priorEvents)
    const excess = cell.bad - cell.total * usual
    // Failures are binomial; of response times the variance of the mean is taken as of an exponential, which is generous.
    const spread = unit === 'failures' ? Math.max(usual * (1 - usual), 1 / (cell.total + 2)) : usual ** 2
    const fromBaseline = (spread * cell.total ** 2) / (cell.baselineTotal + priorEvents)
    return {
      ...cell,
      excess,
      variance: spread * cell.total + fromBaseline,
      usual,
      isNew: cell.baselineTotal < 0.05 * cell.total,
    }
  })
  const excess = sum(measured, (cell) => Math.max(0, cell.excess))
  const total = sum(measured, (cell) => cell.total)
  // Significance alone marks every busy cell; an affected one also fails at half of the mean excess rate or more.
  return measured.map(({ usual: _usual, ...cell }) => ({
    ...cell,
    affected: cell.excess > 2.5 * Math.sqrt(cell.variance) && cell.excess / cell.total >= (0.5 * excess) / total,
  }))
}

function explain(
  { where, inside }: Candidate,
  all: { cells: MeasuredCell[]; excess: number; unit: 'failures' | 'seconds' },
): Explanation {
  const outside = all.cells.filter((cell) => !inside.includes(cell))
  const traffic = sum(inside, (cell) => cell.total)
  const explained = clamp(sum(inside, (cell) => cell.excess) / all.excess)
  const coverage = traffic > 0 ? sum(inside, (cell) => (cell.affected ? cell.total : 0)) / traffic : 0
  const badRate = rate(inside, 'total', 'bad')
  const baselineBadRate = rate(inside, 'baselineTotal', 'baselineBad')
  const outsideBadRate = rate(outside, 'total', 'bad')
  const text = whereText(where)
  const values = Object.values(where).flat().length
  const simplicity = 1 - 0.04 * (values - 1) - 0.02 * (Object.keys(where).length - 1)
  const f1 = explained + coverage === 0 ? 0 : (2 * explained * coverage) / (explained + coverage)
  const show = (value: number) => (all.unit === 'failures' ? percent(value) : `${(value * 1000).toFixed(0)} ms`)
  const what = all.unit === 'failures' ? 'fail' : 'on average'
  return {
    where,
    text,
    explained,
    coverage,
    traffic:
      traffic /
      Math.max(
        1,
        sum(all.cells, (cell) => cell.total),
      ),
    badRate,
    baselineBadRate,
    outsideBadRate,
    score: clamp(f1 * Math.max(0.5, simplicity)),
    members: membersOf(inside),
    supports: [
      `${text}: ${show(badRate)} ${what}, elsewhere ${show(outsideBadRate)}`,
      `${percent(explained)} of the excess with ${percent(
        traffic /
          Math.max(
            1,
            sum(all.cells, (cell) => cell.total),
          ),
      )} of the traffic`,
    ],
  }
}

const isPlace = (one: Explanation) =>
  one.explained >= minimumExplained && one.traffic <= maximumTraffic && one.coverage >= 0.5

/** Among explanations of the same cells: what is new is likelier than what was well before, then coarse before fine. */
function rank({ candidate, explanation }: Ranked, controls: MeasuredCell[]): number {
  const novelty = candidate.inside.every((cell) => cell.isNew) && 'version' in candidate.where ? 0.03 : 0
  const control = controlOf(candidate, controls) === 'affected' ? 0.05 : 0
  return explanation.score + novelty + control - 0.001 * candidate.order
}

/** How the same place fares on neighbouring services; null when they do not share the dimension. */
function controlOf({ where }: Candidate, controls: MeasuredCell[]): 'affected' | 'well' | null {
  const inside = controls.filter((cell) =>
    Object.entries(where).every(([key, values]) => values.includes(cell.dimensions[key] ?? '')),
  )
  if (inside.length === 0 || sum(inside, (cell) => cell.total) < 50) return null
  const excess = sum(inside, (cell) => cell.excess)
  return excess > criticalScore * Math.sqrt(sum(inside, (cell) => cell.variance)) ? 'affected' : 'well'
}

function vetoOf(candidate: Candidate, controls: MeasuredCell[]): string | null {
  const isZone = Object.keys(candidate.where).length === 1 && 'zone' in candidate.where
  return isZone && controlOf(candidate, controls) === 'well'
    ? `other services in ${whereText(candidate.where)} are unchanged`
    : null
}

/** What speaks for the winner against the other, in the terms of the cells in which they differ. */
function compareWith(winner: Ranked, other: Ranked, unit: string): string {
  const own = new Set(winner.candidate.inside)
  const theirs = new Set(other.candidate.inside)
  // A version that was replaced has no traffic left: it is neither well nor failing, and makes no difference.
  const extra = other.candidate.inside.filter((cell) => !own.has(cell) && cell.total > 0)
  const lacking = winner.candidate.inside.filter((cell) => !theirs.has(cell) && cell.total > 0)
  const well = extra.filter((cell) => !cell.affected)
  const failing = lacking.filter((cell) => cell.affected)
  if (extra.length === 0 && lacking.length === 0) {
    const isNew = winner.candidate.inside.every((cell) => cell.isNew) && 'version' in winner.candidate.where
    return isNew
      ? `the same places, which were well before ${winner.explanation.text} came`
      : `the same places, less simply than ${winner.explanation.text}`
  }
  if (well.length > 0) return `${placesOf(well)} in it ${well.length === 1 ? 'is' : 'are'} unchanged`
  if (failing.length > 0)
    return `explains only ${percent(other.explanation.explained)}: ${placesOf(failing)} outside it fail too`
  return `explains ${percent(other.explanation.explained)} of the ${unit}, ${winner.explanation.text} ${percent(winner.explanation.explained)}`
}

/** The finest names that the cells have, a few of them, with the version that tells them apart. */
function placesOf(cells: MeasuredCell[]): string {
  const nameOf = ({ dimensions }: Cell) => dimensions.host ?? Object.values(dimensions).at(-1) ?? 'the rest'
  const names = [...new Set(cells.map(nameOf))]
  const versions = [...new Set(cells.flatMap(({ dimensions }) => dimensions.version ?? []))]
  const shown = names.length <= 3 ? names.join(', ') : `${names.slice(0, 2).join(', ')} and ${names.length - 2} more`
  return versions.length === 1 ? `${shown} (version ${versions[0]})` : shown
}

function membersOf(cells: Cell[]): Record<string, string[]> {
  const members: Record<string, string[]> = {}
  for (const [key, value] of cells.flatMap((cell) => Object.entries(cell.dimensions))) {
    const values = (members[key] ??= [])
    if (!values.includes(value)) values.push(value)
  }
  return members
}

const empty = (status: 'none' | 'insufficient', excess: number, reason: string): Localisation => ({
  status,
  excess,
  best: null,
  rivals: [],
  reason,
})
const sum = <T>(items: T[], value: (item: T) => number) => items.reduce((total, item) => total + value(item), 0)
const clamp = (value: number) => Math.min(1, Math.max(0, value))
const percent = (value: number) => `${(value * 100).toFixed(value > 0 && value < 0.01 ? 1 : 0)} %`
const round = (value: number) => (value >= 10 ? value.toFixed(0) : value.toFixed(1))

function rate(cells: Cell[], total: 'total' | 'baselineTotal', bad: 'bad' | 'baselineBad'): number {
  const events = sum(cells, (cell) => cell[total])
  return events > 0 ? sum(cells, (cell) => cell[bad]) / events : 0
}
