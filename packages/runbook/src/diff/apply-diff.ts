import type { RunbookDocument } from '../document.ts'
import { renameSteps } from '../edit/rename-steps.ts'
import { type EntryChange, type RunbookDiff, without } from './diff-runbooks.ts'
import { applyFieldChanges } from './field-changes.ts'

/** Makes the changes of a diff: `applyDiff(a, diffRunbooks(a, b))` means the same as `b`. Positions stay those of `document`. */
export function applyDiff(document: RunbookDocument, diff: RunbookDiff): RunbookDocument {
  const named = renameSteps(document, new Map(diff.renamed.map(({ from, to }) => [from, to])))
  const edges = (kind: 'added' | 'removed') =>
    diff.edges.filter((change) => change.kind === kind).map(({ edge }) => edge)
  return {
    ...applyFieldChanges(named, diff.settings),
    params: applyEntries(named.params, diff.params),
    triggers: applyEntries(named.triggers, diff.triggers),
    nodes: applyEntries(named.nodes, diff.nodes),
    edges: [...without(named.edges, edges('removed')), ...edges('added')],
    tests: applyEntries(named.tests, diff.tests),
  }
}

function applyEntries<T>(entries: Record<string, T>, changes: readonly EntryChange<T>[]): Record<string, T> {
  const made = new Map(Object.entries(entries))
  for (const change of changes) {
    switch (change.kind) {
      case 'added':
        made.set(change.id, change.value)
        break
      case 'removed':
        made.delete(change.id)
        break
      case 'changed': {
        const value = made.get(change.id)
        if (value !== undefined) made.set(change.id, applyFieldChanges(value, change.fields))
      }
    }
  }
  return Object.fromEntries(made)
}
