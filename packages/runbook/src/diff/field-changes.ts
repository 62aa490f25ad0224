/** Differences of plain JSON values, field by field. */

/** One field that differs. `undefined` is "not there"; lists and single values differ as a whole. */
export interface FieldChange {
  path: string[]
  before?: unknown
  after?: unknown
}

/** Fields that differ, in the order of `before`, then new ones in the order of `after`. Objects on both sides are looked into. */
export function fieldChanges(before: unknown, after: unknown, path: string[] = []): FieldChange[] {
  if (isFields(before) && isFields(after)) {
    return unionOfKeys(before, after).flatMap((key) =>
      fieldChanges(fieldOf(before, key), fieldOf(after, key), [...path, key]),
    )
  }
  return sameValue(before, after) ? [] : [{ path, before, after }]
}

/** A value with fields set, and those without an `after` taken away. */
export function applyFieldChanges<T>(value: T, changes: readonly FieldChange[]): T
export function applyFieldChanges(value: unknown, changes: readonly FieldChange[]): unknown {
  return changes.reduce<unknown>((now, { path, after }) => setAt(now, path, after), value)
}

function setAt(value: unknown, path: readonly string[], after: unknown): unknown {
  const [key, ...rest] = path
  if (key === undefined) return after
  const fields = isFields(value) ? value : {}
  const next = setAt(fieldOf(fields, key), rest, after)
  if (next !== undefined) return { ...fields, [key]: next }
  return Object.fromEntries(Object.entries(fields).filter(([name]) => name !== key))
}

/** Equal as JSON: the order of keys does not count, and a field that is undefined is not there. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, index) => sameValue(item, b[index]))
  if (!isFields(a) || !isFields(b)) return false
  return unionOfKeys(a, b).every((key) => sameValue(fieldOf(a, key), fieldOf(b, key)))
}

export type Fields = Record<string, unknown>

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function fieldOf<T>(fields: Record<string, T> | undefined, key: string): T | undefined {
  return fields !== undefined && Object.hasOwn(fields, key) ? fields[key] : undefined
}

/** Keys of the first, then keys that only the second has. */
export function unionOfKeys(a: object, b: object): string[] {
  return [...Object.keys(a), ...Object.keys(b).filter((key) => !Object.hasOwn(a, key))]
}
