import type { Plan } from '../plan.ts'

/** A place for every step, such that what leads to it, and the loop that it is in, stand before it; else as the plan lists them. */
export function graphOrder(plan: Plan): Map<string, number> {
  const before = new Map<string, string[]>(plan.steps.map(({ id, parent }) => [id, parent === null ? [] : [parent]]))
  for (const { from, to } of plan.edges) before.get(to)?.push(from)
  const order = new Map<string, number>()
  const waiting = new Set(plan.steps.map(({ id }) => id))
  while (waiting.size > 0) {
    const size = waiting.size
    for (const id of waiting) {
      if (before.get(id)?.some((source) => waiting.has(source))) continue
      waiting.delete(id)
      order.set(id, order.size)
    }
    // A plan has no circles; should one ever have, its steps stand as they are listed.
    if (waiting.size < size) continue
    for (const id of waiting) order.set(id, order.size)
    waiting.clear()
  }
  return order
}
