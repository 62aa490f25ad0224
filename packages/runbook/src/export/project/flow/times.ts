/** Moments and spans of time in expressions. */

const second = 1_000_000_000n

/** `.5`, `.000001`: nanoseconds as the digits behind seconds; empty when there are none. */
function fraction(nanos: bigint): string {
  if (nanos === 0n) return ''
  return `.${nanos
    .toString()
    .padStart(9, '0')
    .replace(/(000){1,2}$/, '')}`
}

/** A moment, in nanoseconds since 1970. */
export class Timestamp {
  readonly nanos: bigint
  constructor(nanos: bigint) {
    this.nanos = nanos
    if (this.seconds > 253_402_300_799n || this.seconds < -62_135_596_800n) throw new Error('The time is out of range.')
  }

  /** Whole seconds, rounded down. */
  get seconds(): bigint {
    return (this.nanos - this.rest) / second
  }

  private get rest(): bigint {
    return ((this.nanos % second) + second) % second
  }

  get date(): Date {
    return new Date(Number(this.seconds) * 1000 + Number(this.rest / 1_000_000n))
  }

  toString(): string {
    return new Date(Number(this.seconds) * 1000).toISOString().replace('.000Z', `${fraction(this.rest)}Z`)
  }
}

/** A span, in nanoseconds. */
export class Duration {
  readonly nanos: bigint
  constructor(nanos: bigint) {
    this.nanos = nanos
    if (BigInt.asIntN(64, nanos) !== nanos) throw new Error('The duration is out of range.')
  }

  /** Whole seconds, rounded towards zero. */
  get seconds(): bigint {
    return this.nanos / second
  }

  toString(): string {
    const rest = this.nanos % second
    const sign = this.nanos < 0n && this.seconds === 0n ? '-' : ''
    return `${sign}${this.seconds}${fraction(rest < 0n ? -rest : rest)}s`
  }
}

const moment = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/

/** Reads ISO 8601, or unix milliseconds when they are a whole number. */
export function timestamp(value: unknown): Timestamp {
  if (value instanceof Timestamp) return value
  if (typeof value === 'bigint') return new Timestamp(value * 1_000_000n)
  const [, main, part = '', zone = 'Z'] = (typeof value === 'string' && moment.exec(value)) || []
  const at = Date.parse(`${main}${zone}`)
  if (main === undefined || Number.isNaN(at)) throw new Error('This is not a time like 2026-01-31T09:30:00Z.')
  return new Timestamp(BigInt(at) * 1_000_000n + BigInt(part.padEnd(9, '0') || 0))
}

const units: Record<string, bigint> = {
  ns: 1n,
  us: 1000n,
  µs: 1000n,
  ms: 1_000_000n,
  s: second,
  m: 60n * second,
  h: 3600n * second,
}

/** Reads `1h30m`, `1.5s`; seconds when they are a whole number. */
export function duration(value: unknown): Duration {
  if (value instanceof Duration) return value
  if (typeof value === 'bigint') return new Duration(value * second)
  if (typeof value !== 'string' || value.length > 128) throw new Error('This is not a duration.')
  if (/^[-+]?0$/.test(value)) return new Duration(0n)
  let nanos = 0n
  let rest = value.replace(/^[-+]/, '')
  while (rest !== '') {
    const [all = '', whole = '', part = '', unit = ''] = /^(\d*)\.?(\d*)(ns|us|µs|ms|s|m|h)/.exec(rest) ?? []
    if (all === '' || whole + part === '') throw new Error('This is not a duration like 1h30m.')
    const factor = units[unit] ?? 0n
    nanos += BigInt(whole || 0) * factor + (BigInt(part || 0) * factor) / 10n ** BigInt(part.length)
    rest = rest.slice(all.length)
  }
  return new Duration(value.startsWith('-') ? -nanos : nanos)
}

export type TimePart =
  | 'FullYear'
  | 'Month'
  | 'Date'
  | 'DayOfMonth'
  | 'DayOfWeek'
  | 'DayOfYear'
  | 'Hours'
  | 'Minutes'
  | 'Seconds'
  | 'Milliseconds'

/** A part of a moment in UTC (months, days of the month and of the week count from 0; `Date` from 1), or of a span. */
export function timeOf(value: unknown, part: TimePart): bigint {
  if (value instanceof Duration) {
    if (part === 'Seconds') return value.seconds
    if (part === 'Minutes') return value.seconds / 60n
    if (part === 'Hours') return value.seconds / 3600n
    if (part === 'Milliseconds') return (value.nanos % second) / 1_000_000n
  }
  if (!(value instanceof Timestamp)) throw new Error('This is not a time.')
  const { date } = value
  switch (part) {
    case 'FullYear':
      return BigInt(date.getUTCFullYear())
    case 'Month':
      return BigInt(date.getUTCMonth())
    case 'Date':
      return BigInt(date.getUTCDate())
    case 'DayOfMonth':
      return BigInt(date.getUTCDate() - 1)
    case 'DayOfWeek':
      return BigInt(date.getUTCDay())
    case 'DayOfYear': {
      const start = new Date(date)
      start.setUTCMonth(0, 1)
      start.setUTCHours(0, 0, 0, 0)
      return BigInt(Math.floor((date.getTime() - start.getTime()) / 86_400_000))
    }
    case 'Hours':
      return BigInt(date.getUTCHours())
    case 'Minutes':
      return BigInt(date.getUTCMinutes())
    case 'Seconds':
      return BigInt(date.getUTCSeconds())
    case 'Milliseconds':
      return BigInt(date.getUTCMilliseconds())
  }
}
