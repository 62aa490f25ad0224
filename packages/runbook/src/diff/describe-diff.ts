/** A diff in words. */
import type { EntryChange, RunbookDiff } from './diff-runbooks.ts'
import { type FieldChange, fieldChanges } from './field-changes.ts'

export interface DiffLine {
  change: 'added' | 'removed' | 'changed' | 'renamed'
  subject: 'setting' | 'parameter' | 'trigger' | 'step' | 'connection' | 'test'
  /** Of the step, parameter, trigger or test; of a connection the step that it leaves. */
  id: string
  text: string
}

/** @example describeDiff(diff) // ['step loss added (judge.loss)', 'source: window 15m → 30m'] */
export function describeDiff(diff: RunbookDiff): string[] {
  return diffLines(diff).map(({ text }) => text)
}

/** One line a change, with what it is about; renames first, then in the order of the document. */
export function diffLines(diff: RunbookDiff): DiffLine[] {
  return [
    ...diff.renamed.map(({ from, to }): DiffLine => ({
      change: 'renamed',
      subject: 'step',
      id: to,
      text: `step ${from} renamed to ${to}`,
    })),
    ...diff.settings.map((field): DiffLine => ({
      change: 'changed',
      subject: 'setting',
      id: field.path[0] ?? '',
      text: describeField(field),
    })),
    ...entryLines('parameter', diff.params, (value) => value.type),
    ...entryLines('trigger', diff.triggers, (value) => value.kind),
    ...entryLines('step', diff.nodes, (value) => value.title ?? value.type),
    ...diff.edges.map(({ kind, edge }): DiffLine => ({
      change: kind,
      subject: 'connection',
      id: edge.from,
      text: `${edge.from} ${edge.on} → ${edge.to} ${kind === 'added' ? 'connected' : 'disconnected'}`,
    })),
    ...entryLines('test', diff.tests, (value) => value.title ?? ''),
  ]
}

function entryLines<T>(
  subject: DiffLine['subject'],
  changes: readonly EntryChange<T>[],
  titleOf: (value: T) => string,
): DiffLine[] {
  // Steps are what most lines are about: their names need no word before them.
  const name = (id: string): string => (subject === 'step' ? id : `${subject} ${id}`)
  return changes.flatMap((change): DiffLine[] => {
    const { id } = change
    if (change.kind === 'changed') {
      return change.fields.map((field) => ({
        change: 'changed',
        subject,
        id,
        text: `${name(id)}: ${describeField(field, subject === 'step')}`,
      }))
    }
    const title = titleOf(change.value)
    return [{ change: change.kind, subject, id, text: `${subject} ${id} ${change.kind}${title && ` (${title})`}` }]
  })
}

/** What changed of a single thing, such as a step; empty when nothing did. */
export function describeChanges(before: unknown, after: unknown): string[] {
  return fieldChanges(before, after).map((field) => describeField(field, true))
}

/** Inputs of a step go by their own names: `window`, not `with.window`. */
function describeField({ path, before, after }: FieldChange, ofStep = false): string {
  const name = (ofStep && path[0] === 'with' && path.length > 1 ? path.slice(1) : path).join('.') || 'value'
  if (before === undefined) return `${name} set to ${describeValue(after)}`
  if (after === undefined) return `${name} ${describeValue(before)} removed`
  return `${name} ${describeValue(before)} → ${describeValue(after)}`
}

const longest = 60

/** A value on one line, shortened. */
export function describeValue(value: unknown): string {
  if (value === undefined) return 'not set'
  const text = typeof value === 'string' && /^\S(.*\S)?$/.test(value) ? value : JSON.stringify(value)
  return text.length <= longest ? text : `${text.slice(0, longest - 1)}…`
}
