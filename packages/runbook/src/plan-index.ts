/** A plan's steps and edges by id, made once a plan. */
import type { Plan, PlanEdge, PlanStep } from './plan.ts'

export interface PlanIndex {
  step(id: string): PlanStep
  has(id: string): boolean
  incoming(id: string): readonly PlanEdge[]
  outgoing(id: string): readonly PlanEdge[]
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

function build(plan: Plan): PlanIndex {
  const steps = new Map(plan.steps.map((step) => [step.id, step]))
  const incoming = new Map<string, PlanEdge[]>()
  const outgoing = new Map<string, PlanEdge[]>()
  for (const edge of plan.edges) {
    append(incoming, edge.to, edge)
    append(outgoing, edge.from, edge)
  }
  return {
    step(id) {
      const step = steps.get(id)
      if (!step) throw new Error(`The plan ${plan.hash} has no step "${id}".`)
      return step
    },
    has: (id) => steps.has(id),
    incoming: (id) => incoming.get(id) ?? [],
    outgoing: (id) => outgoing.get(id) ?? [],
  }
}

function append(map: Map<string, PlanEdge[]>, key: string, edge: PlanEdge): void {
  const list = map.get(key)
  if (list) list.push(edge)
  else map.set(key, [edge])
}
