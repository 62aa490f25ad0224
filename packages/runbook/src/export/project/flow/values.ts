/**
 * What expressions of a runbook mean where TypeScript means something else. Whole numbers that expressions make (`3n`, a size) are bigints and
 * numbers that steps give are decimal, as in the runbook's expression language: `5n / 2n` is 2, and dividing by 0n fails. What cannot be evaluated throws;
 * the step whose input it is then fails with `expression-failed`.
 */

import { Duration, Timestamp } from './times.ts'

export * from './texts.ts'
export { Duration, Timestamp, duration, timeOf, timestamp } from './times.ts'

/** A value as JSON. @throws Error for what JSON does not have: undefined, NaN, whole numbers beyond 2^53. */
export function plain(value: unknown): unknown {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new Error('The result is not a finite number.')
    return value
  }
  if (typeof value === 'bigint') {
    if (!Number.isSafeInteger(Number(value))) throw new Error('The result is a whole number beyond 2^53.')
    return Number(value)
  }
  if (value instanceof Timestamp || value instanceof Duration) return value.toString()
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object') throw new Error('There is no value.')
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member)]))
}

/** A value inside of text. */
export function text(value: unknown): string {
  const made = plain(value)
  return typeof made === 'string' ? made : JSON.stringify(made)
}

/** The value at the end of a path of names and positions. @throws Error where something on the way is missing. */
export function get(value: unknown, ...path: unknown[]): any {
  return path.reduce((at, key) => {
    const found = member(at, key)
    if (found === undefined) throw new Error(`There is no ${JSON.stringify(String(key))} here.`)
    return found
  }, value)
}

function member(value: unknown, key: unknown): unknown {
  if (Array.isArray(value)) return typeof key === 'string' || typeof key === 'object' ? undefined : value[Number(key)]
  return isRecord(value) && typeof key === 'string' && Object.hasOwn(value, key) ? value[key] : undefined
}

/** The value, which must be there and not null, because something is read from it. */
export function need<T>(value: T): NonNullable<T> {
  if (value === undefined || value === null) throw new Error('There is no value to read from.')
  return value
}

/** The value of a field that may be left out. */
export function present<T>(value: T): Exclude<T, undefined> {
  if (value === undefined) throw new Error('The field is missing.')
  return value as Exclude<T, undefined>
}

/** Whether a field is there and not null. */
export function has(value: unknown, field: string): boolean {
  return isRecord(value) && Object.hasOwn(value, field) && value[field] !== null
}

/** Something that is not there, whatever it is asked for. */
export function missing(name: string): never {
  throw new Error(`There is no ${name}.`)
}

// Logic

export function truth(value: unknown): boolean {
  if (typeof value !== 'boolean') throw new Error('This is not true or false.')
  return value
}

/** Whether all hold. One that is false decides, even where another cannot be evaluated. */
export function every(...terms: (() => unknown)[]): boolean {
  return decide(terms, false)
}

/** Whether one holds. One that is true decides, even where another cannot be evaluated. */
export function some(...terms: (() => unknown)[]): boolean {
  return decide(terms, true)
}

function decide(terms: (() => unknown)[], deciding: boolean): boolean {
  const failures: unknown[] = []
  for (const term of terms) {
    try {
      if (truth(term()) === deciding) return deciding
    } catch (failure) {
      failures.push(failure)
    }
  }
  if (failures.length > 0) throw failures[0]
  return !deciding
}

// Lists, and the names of an object's fields

type Range<T> = readonly T[] | Record<string, unknown>

function items<T = any>(range: Range<T>): T[] {
  if (Array.isArray(range)) return [...(range as T[])]
  if (!isRecord(range)) throw new Error('This is not a list.')
  return Object.keys(range) as T[]
}

export function all<T = any>(range: Range<T>, holds: (item: T) => unknown): boolean {
  return every(...items(range).map((item) => () => holds(item)))
}

export function exists<T = any>(range: Range<T>, holds: (item: T) => unknown): boolean {
  return some(...items(range).map((item) => () => holds(item)))
}

export function existsOne<T = any>(range: Range<T>, holds: (item: T) => unknown): boolean {
  return items(range).filter((item) => truth(holds(item))).length === 1
}

export function map<T = any, R = any>(range: Range<T>, make: (item: T) => R): R[] {
  return items(range).map((item) => make(item))
}

export function filter<T = any>(range: Range<T>, holds: (item: T) => unknown): T[] {
  return items(range).filter((item) => truth(holds(item)))
}

export function isIn(value: unknown, container: unknown): boolean {
  if (Array.isArray(container)) return container.some((item) => equal(item, value))
  if (!isRecord(container) || value === null || typeof value === 'object')
    throw new Error('Nothing can be looked for in this.')
  return typeof value === 'string' && has(container, value)
}

export function size(value: unknown): bigint {
  if (typeof value === 'string') return BigInt(Array.from(value).length)
  if (Array.isArray(value)) return BigInt(value.length)
  if (!isRecord(value)) throw new Error('This has no size.')
  return BigInt(Object.keys(value).length)
}

// Comparison and arithmetic

export function equal(left: unknown, right: unknown): boolean {
  if (left === right) return true
  // Numbers are equal across whole and decimal.
  if (typeof left === 'bigint' && typeof right === 'number') return Number.isInteger(right) && BigInt(right) === left
  if (typeof left === 'number' && typeof right === 'bigint') return equal(right, left)
  if (Array.isArray(left))
    return (
      Array.isArray(right) && left.length === right.length && left.every((item, index) => equal(item, right[index]))
    )
  if (left instanceof Timestamp || left instanceof Duration)
    return right?.constructor === left.constructor && left.nanos === (right as Timestamp | Duration).nanos
  if (!isRecord(left) || !isRecord(right)) return false
  const names = Object.keys(left)
  return (
    names.length === Object.keys(right).length &&
    names.every((name) => Object.hasOwn(right, name) && equal(left[name], right[name]))
  )
}

/** Below, equal or above as a number below, equal or above 0; NaN when neither. */
export function compare(left: unknown, right: unknown): number {
  const order = <T extends string | number | bigint | boolean>(a: T, b: T): number =>
    a < b ? -1 : a > b ? 1 : a === b ? 0 : Number.NaN
  if (typeof left === 'bigint' && typeof right === 'bigint') return order(left, right)
  if (isNumber(left) && isNumber(right)) return order(Number(left), Number(right))
  if (typeof left === 'string' && typeof right === 'string') return order(left, right)
  if (typeof left === 'boolean' && typeof right === 'boolean') return order(left, right)
  if (left instanceof Timestamp && right instanceof Timestamp) return order(left.nanos, right.nanos)
  if (left instanceof Duration && right instanceof Duration) return order(left.nanos, right.nanos)
  throw new Error('These cannot be compared.')
}

export function add(left: unknown, right: unknown): any {
  if (typeof left === 'bigint' && typeof right === 'bigint') return whole(left + right)
  if (isNumber(left) && isNumber(right)) return Number(left) + Number(right)
  if (typeof left === 'string' && typeof right === 'string') return left + right
  if (Array.isArray(left) && Array.isArray(right)) return [...left, ...right]
  if (left instanceof Duration && right instanceof Duration) return new Duration(left.nanos + right.nanos)
  if (left instanceof Timestamp && right instanceof Duration) return new Timestamp(left.nanos + right.nanos)
  if (left instanceof Duration && right instanceof Timestamp) return new Timestamp(left.nanos + right.nanos)
  throw new Error('These cannot be added.')
}

export function subtract(left: unknown, right: unknown): any {
  if (typeof left === 'bigint' && typeof right === 'bigint') return whole(left - right)
  if (isNumber(left) && isNumber(right)) return Number(left) - Number(right)
  if (left instanceof Duration && right instanceof Duration) return new Duration(left.nanos - right.nanos)
  if (left instanceof Timestamp && right instanceof Duration) return new Timestamp(left.nanos - right.nanos)
  throw new Error('These cannot be subtracted.')
}

export function multiply(left: unknown, right: unknown): any {
  if (typeof left === 'bigint' && typeof right === 'bigint') return whole(left * right)
  if (isNumber(left) && isNumber(right)) return Number(left) * Number(right)
  throw new Error('These cannot be multiplied.')
}

/** Division of whole numbers leaves out the rest, and fails for 0. */
export function divide(left: unknown, right: unknown): any {
  if (typeof left === 'bigint' && typeof right === 'bigint') return whole(left / right)
  if (isNumber(left) && isNumber(right)) return Number(left) / Number(right)
  throw new Error('These cannot be divided.')
}

export function remainder(left: unknown, right: unknown): any {
  if (typeof left === 'bigint' && typeof right === 'bigint') return left % right
  if (isNumber(left) && isNumber(right)) return Number(left) % Number(right)
  throw new Error('These cannot be divided.')
}

export function negate(value: unknown): any {
  if (typeof value === 'bigint') return whole(-value)
  if (typeof value === 'number') return -value
  throw new Error('This is not a number.')
}

function whole(value: bigint): bigint {
  if (BigInt.asIntN(64, value) !== value) throw new Error('The whole number is too large.')
  return value
}

// Conversions

export function toInt(value: unknown): bigint {
  if (typeof value === 'bigint') return value
  if (typeof value === 'string') return whole(BigInt(value))
  if (value instanceof Timestamp || value instanceof Duration) return value.seconds
  if (typeof value !== 'number' || !(Math.abs(value) < 2 ** 63)) throw new Error('This is not a whole number.')
  return BigInt(Math.trunc(value))
}

export function toDouble(value: unknown): number {
  if (isNumber(value) || typeof value === 'string') return Number(value)
  throw new Error('This is not a number.')
}

export function toText(value: unknown): string {
  if (typeof value === 'object' && value !== null && !(value instanceof Timestamp) && !(value instanceof Duration))
    throw new Error('This has no text.')
  return String(value)
}

export function toBool(value: unknown): boolean {
  if (typeof value === 'boolean') return value
  if (['true', 'True', 'TRUE', 't', '1'].includes(value as string)) return true
  if (['false', 'False', 'FALSE', 'f', '0'].includes(value as string)) return false
  throw new Error('This is not true or false.')
}

function isNumber(value: unknown): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint'
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Timestamp) &&
    !(value instanceof Duration)
  )
}
