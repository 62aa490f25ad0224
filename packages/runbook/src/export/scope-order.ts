/** The order of a scope's steps in the code, and where it is not the order of the run. */
import type { PlanEdge, PlanStep } from '../plan.ts'

export interface ScopeOrder {
  /** Each step behind those that lead to it, else as written in the runbook. */
  steps: PlanStep[]
  /** What a run must be told, because the code's own order would be another. */
  order: { steps?: string[]; edges?: string[] }
}

export function orderScope(steps: readonly PlanStep[], edges: readonly PlanEdge[]): ScopeOrder {
  const ids = new Set(steps.map(({ id }) => id))
  const inside = edges.filter(({ from, to }) => ids.has(from) && ids.has(to))
  const sources = Map.groupBy(inside, ({ to }) => to)
  const sorted: PlanStep[] = []
  const placed = new Set<string>()
  while (sorted.length < steps.length) {
    const isNext = ({ id }: PlanStep): boolean =>
      !placed.has(id) && (sources.get(id) ?? []).every(({ from }) => placed.has(from))
    const next = steps.find(isNext)
    if (!next) throw new Error('The steps lead in a circle.')
    placed.add(next.id)
    sorted.push(next)
  }
  const order: ScopeOrder['order'] = {}
  if (sorted.some((step, index) => step !== steps[index])) order.steps = steps.map(({ id }) => id)
  // The code sorts its steps before it looks at their edges.
  const inRun = (order.steps ? steps : sorted).flatMap(({ id }) => sources.get(id) ?? [])
  const leads = (list: readonly PlanEdge[], from: string): string =>
    list.flatMap((edge) => (edge.from === from ? [edge.to] : [])).join()
  const several = [...Map.groupBy(inside, ({ from }) => from)].flatMap(([from, edges]) =>
    edges.length > 1 ? [from] : [],
  )
  if (several.some((from) => leads(inRun, from) !== leads(inside, from)))
    order.edges = [...new Set(inside.map(({ from, to }) => `${from} > ${to}`))]
  return { steps: sorted, order }
}

/** Whether a step of a scope is sure to be done whenever another one runs: it is on every path to it. */
export type SurelyDone = (id: string, before: string) => boolean

export function surelyDone(sorted: readonly PlanStep[], edges: readonly PlanEdge[]): SurelyDone {
  const incoming = Map.groupBy(edges, ({ to }) => to)
  const behind = new Map<string, ReadonlySet<string>>()
  /** The steps that run only when `id` is done. */
  const behindOf = (id: string): ReadonlySet<string> => {
    const found = new Set<string>()
    for (const step of sorted) {
      const paths = incoming.get(step.id) ?? []
      const isBehind = paths.every(({ from, on }) => found.has(from) || (from === id && on !== 'error'))
      if (paths.length > 0 && isBehind) found.add(step.id)
    }
    return found
  }
  return (id, before) => {
    const known = behind.get(id) ?? behindOf(id)
    behind.set(id, known)
    return known.has(before)
  }
}
