/** Measures of the model as people read them: what a bound is called, what it asks for, what a value is. Pure. */
import type { HarmBound } from './request.ts'

/** A measure as it reads now. */
export interface MeasureReading {
  unit: string
  /** null: there is no value, or it is too old; never the same as a good one. `at`, `from`: unix ms, of which time the value is. */
  newest: { value: number; at: number; from: number } | null
}

/** @throws ActionError `bad-request` when the model has no such measure or dimension. What a source does not answer is no value. */
export type ReadMeasure = (
  watched: Pick<HarmBound, 'measure' | 'where'>,
  signal?: AbortSignal,
) => Promise<MeasureReading>

/** What there is of it; what is no number is nothing. */
export function newestOf({ newest }: MeasureReading): MeasureReading['newest'] {
  return newest !== null && Number.isFinite(newest.value) ? newest : null
}

export function isWithin({ minimum, maximum }: HarmBound, value: number): boolean {
  return (minimum === null || value >= minimum) && (maximum === null || value <= maximum)
}

/** `at least 98 %`. */
export function boundText({ minimum, maximum }: HarmBound, unit: string): string {
  if (minimum !== null && maximum !== null) return `${figure(minimum, unit)} to ${figure(maximum, unit)}`
  return minimum === null ? `at most ${figure(maximum ?? 0, unit)}` : `at least ${figure(minimum, unit)}`
}

/** With five digits, so that 99.95 % is no 100 %. */
export function figure(value: number, unit: string): string {
  const digits = (number: number): string => String(Number(number.toPrecision(5)))
  if (unit === 'ratio') return `${digits(value * 100)} %`
  return unit === '' ? digits(value) : `${digits(value)} ${unit}`
}
