/**
 * Which node of a call graph is the root of what one node shows: what each added itself, after what it waited for is taken off.
 * See docs/analysis/root-cause.md for the method and when not to use it.
 */
import { callGraphFrom, type CallGraph } from './call-graph.ts'
import { commonWitnesses } from './common-cause.ts'
import { badnessOf, costOf, excessOf, type Excess, type FlowSeries, type FlowSymptom } from './excess.ts'
import { signScore, type Sign } from './sign.ts'

export interface RootCauseNode {
  id: string
  /** A usual time, as long as there is; it may be weeks ago. */
  history: FlowSeries
  /** The incident and some time around it, in steps that are the same for all nodes. */
  recent: FlowSeries
  /** Saturation, waits and the like: what tells of a node that serves no requests that are measured. */
  signs?: readonly Sign[]
}

export interface RootCauseInput {
  /** The node that shows the symptom. */
  target: string
  symptom: FlowSymptom
  nodes: readonly RootCauseNode[]
  /** `from` calls `to`, or depends on it. Nodes that the target does not reach may be given as well: as witnesses of a common cause. */
  calls: readonly (readonly [from: string, to: string])[]
  /**
   * The recent step from which it is bad, when that is known; those before are well. Without it the target's own course tells: its best
   * step is well, its worst is bad, and those between count for both.
   */
  badFrom?: number
}

export interface RankedCause {
  id: string
  /** 0..1, share of what all nodes added themselves. */
  share: number
  /** Seconds (or failures) that it added in a bad step itself, and with what it waited for. Null without figures of its own. */
  own: number | null
  extra: number | null
  /** Standard errors of `extra`; null where the history is too short. */
  score: number | null
  /** From the target to it, both included. */
  path: string[]
  supports: string[]
  against: string[]
}

export interface RootCauseAnswer {
  /** `found`: one node added most. `spread`: no node stands out, or nodes that have nothing to do with it became worse as well. `nothing`: the target is as usual. `inconclusive`: not enough figures. */
  status: 'found' | 'spread' | 'nothing' | 'inconclusive'
  /** Likeliest first, all nodes that the target reaches. */
  ranked: RankedCause[]
  /** One sentence. */
  reason: string
  notes: string[]
}

/** Standard errors from which the target is worse than usual. */
const SYMPTOM_SCORE = 3
/** Share of all own parts that makes one node the root. */
const FOUND_SHARE = 0.5
/** Own parts of so many standard errors count half. */
const HALF_SCORE = 2
/** Of its caller's own part, what a node takes whose signs are far beyond the usual but whose time is not measured. */
const MOST_TAKEN = 0.9
const HALF_SIGN = 5

/** @returns an answer for any graph, also knotted, and any series: what cannot be judged is `inconclusive` with the reason. */
export function rankRootCauses({ target, symptom, nodes, calls, badFrom }: RootCauseInput): RootCauseAnswer {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const shown = byId.get(target)
  const graph = callGraphFrom(target, calls)
  const notes = graph.circles.map(([from, to]) => `the call from ${from} to ${to} closes a circle and was left out`)
  const nothing = (reason: string): RootCauseAnswer => ({ status: 'inconclusive', ranked: [], reason, notes })
  if (!shown) return nothing(`there are no figures of ${target}`)
  const costs = shown && costOf(shown.recent, symptom, shown.recent.requests)
  if (costs === null) return nothing(`${target} has no ${wordOf(symptom)} in the time looked at`)
  const badness = badnessOf(costs, badFrom)
  const excesses = new Map<string, Excess>()
  const signs = new Map<string, number>()
  // Also of those that the target does not reach: they are witnesses.
  for (const [id, node] of byId) {
    const recent = costOf(node.recent, symptom, shown.recent.requests)
    const history = costOf(node.history, symptom, shown.history.requests)
    const excess = recent && excessOf(recent, history ?? emptyHistory(node.history), badness)
    if (excess) excesses.set(id, excess)
    signs.set(id, Math.max(0, ...(node.signs ?? []).map((sign) => signScore(sign, badness))))
  }
  const own = ownParts(graph, excesses, signs)
  const ranked = rank({ graph, target, symptom, excesses, signs, own })
  const concluded = conclude(ranked, excesses.get(target) ?? null, { target, symptom })
  const [first] = ranked
  if (concluded.status !== 'found' || !first) return { ...concluded, notes }
  const { now, usual } = excesses.get(first.id) ?? excesses.get(target) ?? { now: 0, usual: 0 }
  const others = commonWitnesses(first.id, { calls, excesses, rise: now - usual })
  if (others.length === 0) return { ...concluded, notes }
  const named = others.slice(0, 3).join(', ')
  const why = `${named} became worse as well, which neither depend on it nor serve it: something that they share`
  first.against.push(why)
  return { status: 'spread', ranked, reason: `${concluded.reason}; but ${why}`, notes }
}

/** No requests in a history that is there is known to be none. */
const emptyHistory = ({ requests }: FlowSeries) =>
  requests.length > 0 ? { requests: new Float64Array(requests.length), cost: new Float64Array(requests.length) } : null

/** What each node added itself, discounted where it is within its usual noise. */
function ownParts(
  { nodes, callees }: CallGraph,
  excesses: ReadonlyMap<string, Excess>,
  signs: ReadonlyMap<string, number>,
): Map<string, number> {
  const own = new Map<string, number>()
  for (const id of nodes) {
    const excess = excesses.get(id)
    if (!excess) continue
    const waited = (callees.get(id) ?? [])
      .map((callee) => excesses.get(callee))
      // What was never called before is a call that this node began to make: its doing.
      .reduce((sum, callee) => sum + (callee && !callee.isNew ? Math.max(0, callee.extra) : 0), 0)
    const left = excess.isNew ? 0 : Math.max(0, excess.extra - waited)
    const noise = excess.error === null || left <= 0 ? 0 : HALF_SCORE * (excess.error / left)
    own.set(id, left / (1 + noise ** 2))
  }
  // Deepest last in breadth-first order: what a node passes on is taken from what its callers have passed to it.
  for (const id of nodes) {
    const silent = (callees.get(id) ?? []).filter((callee) => !excesses.has(callee) && (signs.get(callee) ?? 0) > 0)
    const weights = silent.map((callee) => strengthOf(signs.get(callee) ?? 0))
    const most = Math.max(0, ...weights)
    const total = weights.reduce((sum, weight) => sum + weight, 0)
    const mine = own.get(id) ?? 0
    if (total <= 0 || mine <= 0) continue
    const taken = mine * MOST_TAKEN * most
    own.set(id, mine - taken)
    for (const [index, callee] of silent.entries())
      own.set(callee, (own.get(callee) ?? 0) + (taken * weights[index]!) / total)
  }
  return own
}

const strengthOf = (score: number): number => score ** 2 / (score ** 2 + HALF_SIGN ** 2)

interface Ranking {
  graph: CallGraph
  target: string
  symptom: FlowSymptom
  excesses: ReadonlyMap<string, Excess>
  signs: ReadonlyMap<string, number>
  own: ReadonlyMap<string, number>
}

function rank(all: Ranking): RankedCause[] {
  const { graph, target, excesses, signs, own } = all
  const total = [...own.values()].reduce((sum, part) => sum + part, 0)
  const paths = pathsFrom(target, graph, excesses)
  const depth = (id: string) => paths.get(id)?.length ?? 0
  return graph.nodes
    .map((id): RankedCause => {
      const excess = excesses.get(id) ?? null
      const part = own.get(id) ?? 0
      return {
        id,
        share: total > 0 ? part / total : 0,
        own: excess || part > 0 ? part : null,
        extra: excess?.extra ?? null,
        score: excess && excess.error !== null && excess.error > 0 ? excess.extra / excess.error : null,
        path: paths.get(id) ?? [id],
        ...argue(id, all),
      }
    })
    .sort(
      (a, b) =>
        b.share - a.share ||
        (b.extra ?? 0) - (a.extra ?? 0) ||
        (signs.get(b.id) ?? 0) - (signs.get(a.id) ?? 0) ||
        depth(b.id) - depth(a.id),
    )
}

/** The way from the target along which most is extra. */
function pathsFrom(target: string, graph: CallGraph, excesses: ReadonlyMap<string, Excess>): Map<string, string[]> {
  const paths = new Map([[target, [target]]])
  for (const id of graph.nodes) {
    const callees = graph.callees.get(id) ?? []
    for (const callee of callees) {
      const via = [...(paths.get(id) ?? [id]), callee]
      const known = paths.get(callee)
      const extraOf = (path: string[]) => excesses.get(path.at(-2) ?? '')?.extra ?? 0
      // Of two ways of one length the hotter; else the shorter.
      if (!known || (via.length === known.length && extraOf(via) > extraOf(known))) paths.set(callee, via)
    }
  }
  return paths
}

function argue(
  id: string,
  { graph, symptom, excesses, signs, own }: Ranking,
): { supports: string[]; against: string[] } {
  const supports: string[] = []
  const against: string[] = []
  const excess = excesses.get(id)
  const sign = signs.get(id) ?? 0
  if (sign >= SYMPTOM_SCORE) supports.push(`its own signs are ${figure(sign)} deviations beyond usual`)
  if (!excess) {
    if (sign < SYMPTOM_SCORE) against.push(`nothing is known of its ${wordOf(symptom)}`)
    return { supports, against }
  }
  if (excess.isNew) {
    against.push('nobody called it before: its callers began to')
    return { supports, against }
  }
  const figures = `${valueText(excess.now, symptom)}, usual ${valueText(excess.usual, symptom)}`
  const isUsual = excess.extra <= (excess.error ?? 0) * SYMPTOM_SCORE
  if (isUsual) {
    against.push(`within its usual: ${figures}`)
    return { supports, against }
  }
  supports.push(figures)
  const callees = (graph.callees.get(id) ?? []).filter((callee) => (excesses.get(callee)?.extra ?? 0) > 0)
  const explained = 1 - Math.min(1, (own.get(id) ?? 0) / excess.extra)
  const heaviest = callees.sort((a, b) => excesses.get(b)!.extra - excesses.get(a)!.extra)[0]
  if (explained >= 0.5 && heaviest !== undefined)
    against.push(`${percent(explained)} of it is explained by what it waits for, most by ${heaviest}`)
  else if (callees.length > 0) supports.push(`what it waits for explains ${percent(explained)} of it`)
  else supports.push('nothing that it waits for is slower or failing')
  return { supports, against }
}

function conclude(
  ranked: RankedCause[],
  shown: Excess | null,
  { target, symptom }: { target: string; symptom: FlowSymptom },
): Pick<RootCauseAnswer, 'status' | 'ranked' | 'reason'> {
  const [first] = ranked
  if (!shown || !first) return { status: 'inconclusive', ranked, reason: `${target} has no figures to compare with` }
  const figures = `${target}: ${valueText(shown.now, symptom)}, usual ${valueText(shown.usual, symptom)}`
  if (shown.error === null || ranked.length === 1) {
    const lack = ranked.length === 1 ? 'nothing is known that it calls' : 'its history is too short to know its noise'
    return { status: 'inconclusive', ranked, reason: `${figures}; ${lack}` }
  }
  if (shown.extra <= SYMPTOM_SCORE * shown.error)
    return { status: 'nothing', ranked, reason: `${figures}: within its usual` }
  if (first.share < FOUND_SHARE) {
    return {
      status: 'spread',
      ranked,
      reason: `${figures}; no node added most of it: ${first.id} ${percent(first.share)}`,
    }
  }
  return { status: 'found', ranked, reason: `${figures}; ${first.id} added ${percent(first.share)} of it` }
}

const wordOf = (symptom: FlowSymptom): string => (symptom === 'latency' ? 'latency' : 'errors')
const percent = (share: number): string => `${(share * 100).toFixed(0)} %`
const figure = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toFixed(1))

function valueText(value: number, symptom: FlowSymptom): string {
  if (symptom === 'errors') return `${(value * 100).toFixed(value > 0 && value < 0.01 ? 2 : 1)} % fail`
  return value < 10 ? `${(value * 1000).toFixed(value < 0.01 ? 1 : 0)} ms a request` : `${figure(value)} s a request`
}
