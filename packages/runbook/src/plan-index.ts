/** A plan's steps and edges by id, and its loops' bodies, made once a plan. */
import type { Plan, PlanEdge, PlanStep } from './plan.ts'
import { stepIdOf } from './step-key.ts'

export interface PlanIndex {
  step(id: string): PlanStep
  /** The step that a key is an execution of. */
  of(key: string): PlanStep
  has(id: string): boolean
  incoming(id: string): readonly PlanEdge[]
  outgoing(id: string): readonly PlanEdge[]
  /** Ids of the steps of a loop's body, in plan order; of the top for null. */
  body(parent: string | null): readonly string[]
  /** Ids of the loops that a step is in, outermost first. */
  loopsAround(id: string): readonly string[]
}

// Plans are immutable, so an index never goes stale; the interpreter is called once an event and must not rebuild it.
const indexes = new WeakMap<Plan, PlanIndex>()

export function planIndex(plan: Plan): PlanIndex {
  const known = indexes.get(plan)
  if (known) return known
  const index = build(plan)
  indexes.set(plan, index)
  return index
}

/** The step that a key is an execution of. @throws Error for one that the plan does not have. */
export function planStepOf(plan: Plan, key: string): PlanStep {
  return planIndex(plan).of(key)
}

function build(plan: Plan): PlanIndex {
  const steps = new Map(plan.steps.map((step) => [step.id, step]))
  const incoming = new Map<string, PlanEdge[]>()
  const outgoing = new Map<string, PlanEdge[]>()
  const bodies = new Map<string | null, string[]>()
  for (const edge of plan.edges) {
    append(incoming, edge.to, edge)
    append(outgoing, edge.from, edge)
  }
  for (const { id, parent } of plan.steps) append(bodies, parent, id)
  const step = (id: string): PlanStep => {
    const found = steps.get(id)
    if (!found) throw new Error(`The plan ${plan.hash} has no step "${id}".`)
    return found
  }
  const loops = new Map<string, readonly string[]>()
  const loopsAround = (id: string): readonly string[] => {
    const known = loops.get(id)
    if (known) return known
    const { parent } = step(id)
    const around = parent === null ? [] : [...loopsAround(parent), parent]
    loops.set(id, around)
    return around
  }
  return {
    step,
    of: (key) => step(stepIdOf(key)),
    has: (id) => steps.has(id),
    incoming: (id) => incoming.get(id) ?? [],
    outgoing: (id) => outgoing.get(id) ?? [],
    body: (parent) => bodies.get(parent) ?? [],
    loopsAround,
  }
}

function append<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key)
  if (list) list.push(value)
  else map.set(key, [value])
}
