/** Three-way merge of plain values. */
import { fieldOf, isFields, sameValue, unionOfKeys } from '../diff/field-changes.ts'
import type { ConflictLog, Values } from './conflict.ts'

/** What only one side changed is that side's; objects are merged field by field; the rest is a conflict. */
export function mergeValues<T>(values: Values<T>, path: string[], log: ConflictLog): T
export function mergeValues(values: Values<unknown>, path: string[], log: ConflictLog): unknown {
  const { base, ours, theirs } = values
  if (sameValue(ours, theirs) || sameValue(base, theirs)) return ours
  if (sameValue(base, ours)) return theirs
  if (!isFields(base) || !isFields(ours) || !isFields(theirs)) {
    return log.settle(path, kindOf(values), values)
  }
  const merged = unionOfKeys(ours, theirs).map((key) => {
    const fields = { base: fieldOf(base, key), ours: fieldOf(ours, key), theirs: fieldOf(theirs, key) }
    return [key, mergeValues(fields, [...path, key], log)] as const
  })
  return Object.fromEntries(merged.filter(([, value]) => value !== undefined))
}

export interface EntryOptions {
  path: string[]
  /** Whether a side came to need the entry in other places, although it left the entry itself as it was. */
  needed: { ours: () => boolean; theirs: () => boolean }
  log: ConflictLog
}

/** An entry of a collection (a step, a parameter): removing it while the other side changes or comes to need it is a conflict. */
export function mergeEntry<T>(values: Values<T>, { path, needed, log }: EntryOptions): T {
  const { base, ours, theirs } = values
  if (base !== undefined && (ours === undefined) !== (theirs === undefined)) {
    const [kept, isNeeded] = ours === undefined ? [theirs, needed.theirs] : [ours, needed.ours]
    if (!sameValue(base, kept) || isNeeded()) return log.settle(path, 'removed', values)
    return ours === undefined ? ours : theirs
  }
  return mergeValues(values, path, log)
}

function kindOf({ base, ours, theirs }: Values<unknown>): 'changed' | 'added' | 'removed' {
  if (base === undefined) return 'added'
  return ours === undefined || theirs === undefined ? 'removed' : 'changed'
}
