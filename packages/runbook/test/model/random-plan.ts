/** Random plans over every construct of the language: valid graphs, with inputs that are now and then wrong. */
import type { JoinPolicy } from '../../src/document.ts'
import type { Effect } from '../../src/catalogue.ts'
import type { Plan, PlanEdge, PlanStep, PlanValue } from '../../src/plan.ts'
import type { Preset, RunContext } from '../../src/run.ts'
import { calmer, type Dice } from './dice.ts'
import { randomInput, randomLate } from './random-input.ts'

export const requester = 'ana@example.com'

export interface RandomRun {
  plan: Plan
  context: RunContext
  /** Little in it is muted or broken and few of its steps fail, so that the run goes far. */
  calm: boolean
}

export const outcomesOf: Record<Effect, readonly [string, ...string[]]> = {
  compute: ['a', 'b'],
  read: ['a', 'b', 'inconclusive'],
  write: ['a', 'b'],
  approve: ['approved', 'rejected', 'expired'],
  wait: ['done'],
  event: ['received', 'expired'],
  each: ['done', 'partial', 'empty'],
  repeat: ['met', 'exhausted'],
  child: ['a', 'b'],
  stop: ['stopped'],
}

/** A scope's steps in an order that edges keep to, loops followed by their bodies. */
interface Draft {
  id: string
  effect: Effect
  parent: string | null
  join: JoinPolicy
}

/** Every second run is calm. */
export function randomRun(given: Dice): RandomRun {
  const calm = given.rarely(2)
  const dice = calm ? calmer(given, 4) : given
  const drafts: Draft[] = []
  const edges: PlanEdge[] = []
  addScope(dice, { drafts, edges, parent: null, depth: 0, most: [calm ? 20 : 9, 5, 3] })
  const steps = drafts.map((draft) => randomStep(dice, draft, { drafts, edges }))
  const plan: Plan = {
    hash: 'sha256:test',
    runbook: { name: 'test', title: 'Test' },
    params: {},
    // The order in which steps are written need not be that of the graph.
    steps: dice.rarely(3) ? shuffled(dice, steps) : steps,
    edges: dice.rarely(3) ? shuffled(dice, edges) : edges,
    timeoutSeconds: 600,
    onFailure: dice.pick(['revert', 'keep']),
    priority: 'normal',
    concurrency: null,
    express: false,
  }
  return { plan, context: randomContext(dice, plan), calm }
}

interface Growing {
  drafts: Draft[]
  edges: PlanEdge[]
  parent: string | null
  depth: number
  /** Steps of a scope, by depth. */
  most: readonly number[]
}

function addScope(dice: Dice, { drafts, edges, parent, depth, most }: Growing): void {
  const count = 1 + dice.roll(most[depth]!)
  const members: Draft[] = []
  for (let position = 0; position < count; position += 1) {
    const draft: Draft = {
      id: `s${drafts.length}`,
      effect: randomEffect(dice, depth),
      parent,
      join: dice.pick<JoinPolicy>(['all', 'any', 'all', 'first', { atLeast: 1 + dice.roll(3) }]),
    }
    if (position > 0) edges.push(...randomEdges(dice, draft.id, members))
    members.push(draft)
    drafts.push(draft)
    if (draft.effect === 'each' || draft.effect === 'repeat')
      addScope(dice, { drafts, edges, parent: draft.id, depth: depth + 1, most })
  }
}

const simple: readonly [Effect, ...Effect[]] = [
  'read',
  'compute',
  'write',
  'read',
  'compute',
  'write',
  'approve',
  'wait',
  'event',
  'child',
  'stop',
]
function randomEffect(dice: Dice, depth: number): Effect {
  if (depth < 2 && dice.rarely(depth === 0 ? 4 : 5)) return dice.pick(['each', 'repeat'])
  const effect = dice.pick(simple)
  // A run that stops soon shows little else.
  return effect === 'stop' && !dice.rarely(3) ? 'write' : effect
}

function randomEdges(dice: Dice, to: string, before: readonly Draft[]): PlanEdge[] {
  const edges = new Map<string, PlanEdge>()
  for (let count = dice.pick([1, 1, 2, 3, 0, 2, 1, 4]); count > 0; count -= 1) {
    // The last one first, so that the simplest graph is a line.
    const source = before[before.length - 1 - dice.roll(before.length)]!
    const [usual] = outcomesOf[source.effect]
    const on = dice.pick(['always', usual, ...outcomesOf[source.effect], usual, 'always', 'error'])
    edges.set(`${source.id} ${on}`, { from: source.id, on, to })
  }
  return [...edges.values()]
}

function randomStep(
  dice: Dice,
  draft: Draft,
  graph: { drafts: readonly Draft[]; edges: readonly PlanEdge[] },
): PlanStep {
  const { id, effect, parent, join } = draft
  const isLoop = effect === 'each' || effect === 'repeat'
  const isControl = isLoop || effect === 'wait' || effect === 'event' || effect === 'stop'
  const inside = graph.drafts.filter((one) => one.parent === id).map((one) => one.id)
  const guards = graph.edges.filter(({ from, on }) => from === id && on === 'approved').map(({ to }) => to)
  const isWrite = (step: string): boolean => graph.drafts.some((one) => one.id === step && one.effect === 'write')
  return {
    id,
    type: `test.${effect}`,
    version: 1,
    title: id,
    effect,
    idempotent: true,
    outcomes: outcomesOf[effect].map((name) => ({ name, tone: 'neutral', meaning: name })),
    parent,
    input: { ...randomInput(dice, effect), ...randomReading(dice, draft, graph.drafts) },
    late: randomLate(dice, effect, inside),
    join,
    joinDeadlineSeconds: dice.rarely(2) ? 1 + dice.roll(30) : null,
    ...(parent === null && dice.rarely(4) ? { startBySeconds: 1 + dice.roll(30) } : {}),
    timeoutSeconds: isLoop ? (dice.rarely(4) ? 40 : 0) : 30,
    retry: {
      attempts: isControl ? 1 : 1 + dice.roll(3),
      backoffSeconds: dice.pick([1, 40]),
      nonRetryable: dice.rarely(4) ? ['x'] : [],
    },
    guards: effect === 'approve' ? guards.filter((to, index) => isWrite(to) && guards.indexOf(to) === index) : [],
    mute: dice.rarely(12) ? dice.pick(outcomesOf[effect]) : null,
    child: effect === 'child' ? { runbook: 'other', version: 1, planHash: 'sha256:other' } : null,
  }
}

/** An input that reads what its step can see, or what nobody can. */
function randomReading(dice: Dice, { parent }: Draft, drafts: readonly Draft[]): Record<string, PlanValue> {
  const around: (string | null)[] = [parent]
  for (let loop = parent; loop !== null;) {
    loop = drafts.find(({ id }) => id === loop)?.parent ?? null
    around.push(loop)
  }
  const seen = drafts.filter((one) => around.includes(one.parent)).map(({ id }) => id)
  const outcome = `steps.${seen[dice.roll(seen.length)]}.outcome`
  switch (dice.roll(12)) {
    case 7:
      return { seen: { kind: 'expression', cel: outcome } }
    case 8:
      return { seen: { kind: 'template', parts: ['n=', { cel: 'params.n' }, ', ', { cel: outcome }] } }
    case 9:
      return parent === null
        ? {}
        : { seen: { kind: 'list', items: [expression('index'), expression(`loops.${parent}.item`)] } }
    case 10:
      return parent === null ? {} : { seen: { kind: 'object', fields: { item: expression('item') } } }
    case 11:
      return dice.rarely(6) ? { seen: expression('params.nothing') } : {}
    default:
      return {}
  }
}

const expression = (cel: string): PlanValue => ({ kind: 'expression', cel })

function randomContext(dice: Dice, plan: Plan): RunContext {
  const context: RunContext = {
    runId: 'run',
    params: { n: 3, list: ['p', 'q', 'r'] },
    trigger: { kind: 'test', by: requester },
    asOf: 1_000_000,
  }
  if (dice.rarely(4)) {
    const presets: Record<string, Preset> = {}
    for (const { id, effect, parent } of plan.steps) {
      if (!dice.rarely(3)) continue
      const key = parent === null ? id : `${id}#${dice.pick(['0', '1', '0.0', '1.0'])}`
      presets[key] = {
        result: { outcome: dice.pick(outcomesOf[effect]), output: { n: dice.roll(5) }, summary: '' },
        origin: dice.pick(['pinned', 'reused']),
      }
    }
    context.presets = presets
  }
  if (dice.rarely(10))
    context.only = plan.steps.filter(({ parent }) => parent === null && dice.rarely(3)).map(({ id }) => id)
  return context
}

function shuffled<T>(dice: Dice, list: readonly T[]): T[] {
  const rest = [...list]
  return list.map(() => rest.splice(dice.roll(rest.length), 1)[0]!)
}
