/** What expressions of a trigger know of `event`. */
import { anyType, type ValueType } from '../value-type.ts'

export const textType: ValueType = { kind: 'string' }

/** @param rest the type of fields that are not named; none without it. */
export function objectType(fields: Record<string, ValueType>, rest: ValueType | null = null): ValueType {
  const named = Object.entries(fields).map(([name, type]) => [name, { type, optional: false }])
  return { kind: 'object', fields: Object.fromEntries(named), rest }
}

/** Of an event trigger, and of a step that waits for an event. */
export const namedEventType = objectType({ name: textType, id: textType, payload: anyType })
