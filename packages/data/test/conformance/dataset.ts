/**
 * What happened in a made-up shop in two hours, as facts: events, readings and calls, each with its time. Every kind of source is given the
 * same facts in its own form, and must then give the same series for the same question.
 *
 * The facts are the same for the same seed and end. There are values of labels that break what is not quoted, a host that is silent for a
 * while, failures that begin late, an app without traffic, rows on the very end of a window, and a delivery that repeats rows, is late
 * with some and out of order with others.
 */

export interface EventRow {
  id: number
  /** Unix ms. */
  time: number
  app: string
  host: string
  zone: string
  outcome: string
  requests: number
  amount: number
}

export interface ReadingRow {
  id: number
  time: number
  pool: string
  host: string
  zone: string
  used: number
  capacity: number
}

export interface CallRow {
  id: number
  time: number
  app: string
  host: string
  seconds: number
}

export interface Dataset {
  /** All facts lie in `(begin, end]`, unix ms. */
  begin: number
  end: number
  events: EventRow[]
  readings: ReadingRow[]
  calls: CallRow[]
  /** When something begins or ends at once: near these, sources that smooth may differ. */
  edges: number[]
}

/** How often something is written down, ms. */
export const slot = 15_000
const minute = 60_000

export const gapHost = 'h-b-1'
/** The host is silent in (from, until]. */
export const gapOf = (end: number) => ({ from: end - 60 * minute, until: end - 40 * minute })
export const failuresSince = (end: number) => end - 50 * minute

export const hosts = [
  { host: 'h-a-1', zone: 'A' },
  { host: 'h-a-2', zone: 'A' },
  { host: gapHost, zone: 'B' },
]

/** Each is an app with traffic of its own. */
export const hostileValues = [
  "o'brien",
  'say "hi"',
  'back\\slash',
  '\\',
  "\\'",
  'naïve 日本 🚀',
  "x'; DROP TABLE events; --",
  '"} or vector(1) #',
  "' OR '1'='1",
  '.*',
  '.+',
  'a|b',
  'a',
  'A',
  'a ',
  ' a',
  'á',
  '(',
  '[a-z]',
  '^a$',
  '%',
  '_',
  '$1',
  '${x}',
  '{{x}}',
  '`tick`',
  '?',
  ':name',
  '',
  'new\nline',
  'tab\there',
  'null',
] as const

/** None of them is there, and asking for one must not bring anything else. */
export const absentValues = [
  "nobody' OR 'a'='a",
  "'; DELETE FROM events; --",
  'x"} or vector(1) #',
  'x",app=~".*',
  'check.*',
  'check%',
  'check_ut',
  'Checkout',
  'checkout ',
  'checkout\0',
  'chec\\kout',
  '(a+)+$',
  'NULL',
]

export function makeDataset(end: number, seed = 5): Dataset {
  const begin = end - 120 * minute
  const random = seeded(seed)
  const gap = gapOf(end)
  const isSilent = (host: string, time: number) => host === gapHost && time > gap.from && time <= gap.until
  const times = Array.from({ length: (end - begin) / slot }, (_, index) => begin + (index + 1) * slot)
  const wave = (time: number) => 1 + 0.3 * Math.sin((2 * Math.PI * (time - begin)) / (60 * minute))
  const noisy = (value: number) => value * (1 + 0.01 * (random() - 0.5))

  const events: EventRow[] = []
  const event = (row: Omit<EventRow, 'id' | 'amount'>) =>
    events.push({ ...row, id: events.length + 1, amount: Math.round(row.requests * 12.5) / 100 })
  for (const [index, { host, zone }] of hosts.entries()) {
    for (const time of times) {
      if (isSilent(host, time)) continue
      const requests = Math.round(noisy(1000 * (index + 1) * wave(time)))
      event({ time, app: 'checkout', host, zone, outcome: 'ok', requests })
      if (time > failuresSince(end))
        event({ time, app: 'checkout', host, zone, outcome: 'failed', requests: Math.round(requests / 10) })
      // Asked, but nothing came: zero is a fact.
      event({ time, app: 'idle', host, zone, outcome: 'ok', requests: 0 })
    }
  }
  for (const [index, app] of hostileValues.entries())
    for (const time of times)
      event({ time, app, host: 'h-x', zone: 'A', outcome: 'ok', requests: Math.round(500 + 100 * index * wave(time)) })

  const readings = hosts.flatMap(({ host, zone }, index) =>
    ['main', "it's"].flatMap((pool, second) =>
      times
        .filter((time) => !isSilent(host, time))
        .map((time) => ({
          time,
          pool,
          host,
          zone,
          used: (4 + index + 2 * second) * wave(time),
          capacity: 20 + 10 * second,
        })),
    ),
  )

  const calls = times.flatMap((time) =>
    ['checkout', "o'brien"].flatMap((app, index) =>
      // Evenly between a fastest and a slowest call, so that the quantiles are known.
      Array.from({ length: 20 }, (_, rank) => ({
        time: time - (rank % 3) * 4_000,
        app,
        host: hosts[rank % 2]!.host,
        seconds: (0.05 + 0.01 * rank + 0.1 * index) * (1 + 0.1 * (wave(time) - 1)),
      })),
    ),
  )

  const numbered = <T extends object>(rows: T[]) => rows.map((row, index) => ({ id: index + 1, ...row }))
  return {
    begin,
    end,
    events,
    readings: numbered(readings),
    calls: numbered(calls.filter(({ time }) => time > begin)),
    edges: [begin, gap.from, gap.until, failuresSince(end)],
  }
}

/**
 * The rows as a network delivers them: one in 50 twice, one in 37 five minutes late, neighbours swapped. What a source makes of a row that
 * it has already (its `id`) is its own business; the facts are the same.
 */
export function delivered<T extends { time: number }>(rows: readonly T[]): T[] {
  const arriving = rows.flatMap((row, index) => {
    const at = row.time + (index % 37 === 0 ? 5 * minute : (index % 3) * 20_000)
    return index % 50 === 0
      ? [
          { row, at },
          { row, at: at + 90_000 },
        ]
      : [{ row, at }]
  })
  return arriving.sort((a, b) => a.at - b.at).map(({ row }) => row)
}

/** Mulberry32: small, and the same everywhere. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
