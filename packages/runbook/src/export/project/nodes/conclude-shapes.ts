/** Whether an output is of a known shape: what a step gives is the step's own, and only what fits is read. */
import type { Verdict } from '../flow/step.ts'

export type Shape<T> = (value: unknown) => value is T
type ShapeOf<S> = S extends Shape<infer T> ? T : never

const text: Shape<string> = (value) => typeof value === 'string'
const number: Shape<number> = (value): value is number => Number.isFinite(value)
const verdict: Shape<Verdict['value']> = oneOf('normal', 'abnormal', 'inconclusive')
const placeKind = oneOf('zone', 'version', 'host')

function oneOf<T extends string>(...names: T[]): Shape<T> {
  return (value): value is T => names.some((name) => name === value)
}

function orNull<T>(shape: Shape<T>): Shape<T | null> {
  return (value): value is T | null => value === null || shape(value)
}

function maybe<T>(shape: Shape<T>): Shape<T | undefined> {
  return (value): value is T | undefined => value === undefined || shape(value)
}

function list<T>(shape: Shape<T>): Shape<T[]> {
  return (value): value is T[] => Array.isArray(value) && value.every((one) => shape(one))
}

function object<F extends Record<string, Shape<any>>>(fields: F): Shape<{ [K in keyof F]: ShapeOf<F[K]> }> {
  return (value): value is { [K in keyof F]: ShapeOf<F[K]> } =>
    typeof value === 'object' &&
    value !== null &&
    Object.entries(fields).every(([name, shape]) => shape((value as Record<string, unknown>)[name]))
}

const place = {
  zone: orNull(text),
  hosts: list(text),
  version: orNull(text),
  healthyZone: orNull(text),
}
const isPlace = object(place)
export type Place = ShapeOf<typeof isPlace>

/** What "Where is the loss?" gives. */
export const isLoss = object({
  chain: text,
  chainTitle: text,
  step: orNull(text),
  entity: orNull(text),
  switchEntity: orNull(text),
  since: orNull(text),
  expected: orNull(number),
  actual: orNull(number),
  deviation: orNull(number),
  lostPerMinute: number,
  parts: list(object({ id: text, title: text, entity: text, change: number, verdict, reason: text })),
  localised: orNull(isPlace),
  placeKind: maybe(orNull(placeKind)),
  cause: maybe(orNull(text)),
  owner: orNull(text),
})
export type Loss = ShapeOf<typeof isLoss>

const judged = {
  id: text,
  title: text,
  entity: text,
  verdict,
  deviation: orNull(number),
  onset: orNull(text),
}

/** What "Source or inside?" gives. */
export const isDependency = object({
  chain: text,
  verdict,
  since: orNull(text),
  source: object({ ...judged, actual: orNull(number), expected: orNull(number) }),
  steps: list(object(judged)),
})
export type Dependency = ShapeOf<typeof isDependency>

const change = object({
  id: text,
  title: text,
  kind: text,
  score: orNull(number),
  secondsBeforeOnset: number,
  reason: text,
})

/** What "Which change did it?" gives. */
export const isChanges = object({ entity: text, since: text, top: orNull(change), ranked: list(change) })
export type Changes = ShapeOf<typeof isChanges>

const finding = { entity: orNull(text), since: orNull(text), headline: orNull(text), owner: orNull(text) }

/** What steps that judge an entity have in common. */
export const isEntityFinding = object(finding)
export type EntityFinding = ShapeOf<typeof isEntityFinding>

/** Those that say where it is, too. */
export const isPlacedFinding = object({
  ...finding,
  localised: orNull(isPlace),
  placeKind: orNull(placeKind),
  cause: orNull(text),
  switchEntity: orNull(text),
})
export type PlacedFinding = ShapeOf<typeof isPlacedFinding>

export const isUnsure = object({ unchecked: list(text) })
export const isDated = object({ since: orNull(text) })
