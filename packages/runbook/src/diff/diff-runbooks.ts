/** What differs between two runbooks in what they mean. Layout, comments and order are left out. */
import type { DocumentEdge, DocumentNode, Parameter, RunbookDocument, RunbookTest, Trigger } from '../document.ts'
import { renameSteps } from '../edit/rename-steps.ts'
import { type FieldChange, fieldChanges, fieldOf, unionOfKeys } from './field-changes.ts'
import { renamedSteps } from './renamed-steps.ts'

export type EntryChange<T> =
  | { kind: 'added'; id: string; value: T }
  | { kind: 'removed'; id: string; value: T }
  | { kind: 'changed'; id: string; fields: FieldChange[] }

export interface RunbookDiff {
  /** Steps under another id. All else in the diff speaks of the new ids. */
  renamed: { from: string; to: string }[]
  settings: FieldChange[]
  params: EntryChange<Parameter>[]
  triggers: EntryChange<Trigger>[]
  nodes: EntryChange<DocumentNode>[]
  edges: { kind: 'added' | 'removed'; edge: DocumentEdge }[]
  tests: EntryChange<RunbookTest>[]
}

/**
 * The changes that make `after` out of `before`, in the order in which the documents are written; `applyDiff` makes them.
 *
 * @example describeDiff(diffRunbooks(live, draft)) // ['source: window 15m → 30m']
 */
export function diffRunbooks(before: RunbookDocument, after: RunbookDocument): RunbookDiff {
  const names = renamedSteps(before, after)
  const was = renameSteps(before, names)
  return {
    renamed: [...names].map(([from, to]) => ({ from, to })),
    settings: fieldChanges(settingsOf(was), settingsOf(after)),
    params: entryChanges(was.params, after.params),
    triggers: entryChanges(was.triggers, after.triggers),
    nodes: entryChanges(was.nodes, after.nodes),
    edges: edgeChanges(was.edges, after.edges),
    tests: entryChanges(was.tests, after.tests),
  }
}

/** How many changes a diff has; 0 for runbooks that mean the same. */
export function countChanges(diff: RunbookDiff): number {
  const fields = (changes: readonly EntryChange<unknown>[]): number =>
    changes.reduce((sum, change) => sum + (change.kind === 'changed' ? change.fields.length : 1), 0)
  return (
    diff.renamed.length +
    diff.settings.length +
    diff.edges.length +
    fields(diff.params) +
    fields(diff.triggers) +
    fields(diff.nodes) +
    fields(diff.tests)
  )
}

/** The fields of the runbook itself: all that is neither a collection nor layout. */
export function settingsOf(document: RunbookDocument) {
  const { params: _p, triggers: _t, nodes: _n, edges: _e, tests: _s, layout: _l, ...settings } = document
  return settings
}

export const edgeKey = ({ from, on, to }: DocumentEdge): string => `${from} ${on} ${to}`

function entryChanges<T extends object>(before: Record<string, T>, after: Record<string, T>): EntryChange<T>[] {
  return unionOfKeys(before, after).flatMap((id): EntryChange<T>[] => {
    const [was, is] = [fieldOf(before, id), fieldOf(after, id)]
    if (was === undefined) return is === undefined ? [] : [{ kind: 'added', id, value: is }]
    if (is === undefined) return [{ kind: 'removed', id, value: was }]
    const fields = fieldChanges(was, is)
    return fields.length === 0 ? [] : [{ kind: 'changed', id, fields }]
  })
}

/** An edge that is written twice counts twice. */
function edgeChanges(before: readonly DocumentEdge[], after: readonly DocumentEdge[]): RunbookDiff['edges'] {
  return [
    ...without(after, before).map((edge) => ({ kind: 'added' as const, edge })),
    ...without(before, after).map((edge) => ({ kind: 'removed' as const, edge })),
  ]
}

/** Edges of the first that the second lacks. */
export function without(edges: readonly DocumentEdge[], others: readonly DocumentEdge[]): DocumentEdge[] {
  const left = new Map<string, number>()
  for (const edge of others) left.set(edgeKey(edge), (left.get(edgeKey(edge)) ?? 0) + 1)
  return edges.filter((edge) => {
    const count = left.get(edgeKey(edge)) ?? 0
    if (count > 0) left.set(edgeKey(edge), count - 1)
    return count === 0
  })
}
