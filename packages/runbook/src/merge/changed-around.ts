/** What a side changed that has to do with a step or parameter, besides the thing itself. */
import { edgeKey } from '../diff/diff-runbooks.ts'
import { fieldOf, sameValue } from '../diff/field-changes.ts'
import type { RunbookDocument } from '../document.ts'
import { referencesIn } from '../edit/references.ts'

/** Whether `side` joined new edges to the step, put or changed steps inside of it, or mentions it where `base` does not. */
export function changedAround(side: RunbookDocument, base: RunbookDocument, id: string): boolean {
  const before = new Set(base.edges.map(edgeKey))
  return (
    side.edges.some((edge) => (edge.from === id || edge.to === id) && !before.has(edgeKey(edge))) ||
    Object.entries(side.nodes).some(
      ([child, node]) => node.in === id && !sameValue(node, fieldOf(base.nodes, child)),
    ) ||
    mentionsAnew(side, base, `steps.${id}`) ||
    mentionsAnew(side, base, `loops.${id}`)
  )
}

/** Whether `side` changed what depends on the step's type: its inputs, or the outcomes that lead on. */
export function changedInputs(side: RunbookDocument, base: RunbookDocument, id: string): boolean {
  const before = new Set(base.edges.map(edgeKey))
  return (
    !sameValue(fieldOf(side.nodes, id)?.with, fieldOf(base.nodes, id)?.with) ||
    fieldOf(side.nodes, id)?.type !== fieldOf(base.nodes, id)?.type ||
    side.edges.some((edge) => edge.from === id && !before.has(edgeKey(edge)))
  )
}

/** Whether a step of `side` has a reference such as `params.chain` that it does not have in `base`. */
export function mentionsAnew(side: RunbookDocument, base: RunbookDocument, reference: string): boolean {
  return (
    Object.entries(side.nodes).some(
      ([id, node]) =>
        referencesIn(node.with).has(reference) && !referencesIn(fieldOf(base.nodes, id)?.with).has(reference),
    ) ||
    (referencesIn(side.concurrency).has(reference) && !referencesIn(base.concurrency).has(reference))
  )
}
