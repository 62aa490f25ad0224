/** The questions that every kind of source is asked. */
import { absentValues, gapHost, hostileValues } from './dataset.ts'
import { measures } from './measures.ts'

export interface ConformanceCase {
  title: string
  /** `<relation>.<id>` of `measures`. */
  measure: string
  where?: Record<string, string | string[]>
  groupBy?: string[]
  /** Minutes before the end of the facts; the whole of the second hour by default. */
  from?: number
  to?: number
  stepSeconds?: number
  /** Minutes before the end. */
  asOf?: number
  /** Milliseconds that the times asked for are moved by. */
  shift?: number
  /** Nothing may come back. */
  isAbsent?: boolean
  /** What the answer must say of itself. */
  quality?: { completeness: number; lost: string[] }
}

export const conformanceCases: ConformanceCase[] = [
  ...measures.flatMap(({ relation, id }): ConformanceCase[] => {
    const measure = `${relation}.${id}`
    return [
      { title: `${id}, a minute`, measure },
      { title: `${id}, five minutes`, measure, stepSeconds: 300, from: 90 },
    ]
  }),
  { title: 'by host, with a gap', measure: 'events.requests', groupBy: ['host'] },
  { title: 'by host, a host that is silent, coarse', measure: 'events.requests', groupBy: ['host'], stepSeconds: 600 },
  { title: 'by zone', measure: 'events.requests', groupBy: ['zone'], from: 100 },
  { title: 'by every label value', measure: 'events.requests', groupBy: ['app'] },
  { title: 'by two dimensions', measure: 'events.requests', groupBy: ['app', 'outcome'], stepSeconds: 300 },
  { title: 'by the dimension of the selector', measure: 'events.failed', groupBy: ['outcome'], from: 45 },
  { title: 'failures by host', measure: 'events.failed', groupBy: ['host'], where: { app: 'checkout' } },
  { title: 'failures in their first minutes', measure: 'events.failed', from: 55, to: 45 },
  { title: 'share by zone', measure: 'events.share', groupBy: ['zone'], where: { app: 'checkout' } },
  { title: 'share of what has no traffic', measure: 'events.share', where: { app: 'idle' } },
  { title: 'no traffic is zero requests', measure: 'events.requests', where: { app: 'idle' } },
  { title: 'rows by label value', measure: 'events.rows', groupBy: ['app'], stepSeconds: 300 },
  { title: 'a gauge by host', measure: 'readings.used', groupBy: ['host'] },
  { title: 'a gauge by pool', measure: 'readings.used', groupBy: ['pool'], stepSeconds: 300 },
  { title: 'a mean by zone', measure: 'readings.meanUsed', groupBy: ['zone'] },
  { title: 'a ratio of gauges by pool', measure: 'readings.level', groupBy: ['pool'] },
  { title: 'a gauge of one pool', measure: 'readings.used', where: { pool: "it's" } },
  { title: 'a quantile by app', measure: 'calls.slow', groupBy: ['app'] },
  { title: 'a quantile by host', measure: 'calls.median', groupBy: ['host'], stepSeconds: 300 },
  { title: 'one moment', measure: 'events.requests', from: 10, to: 10 },
  { title: 'half a minute', measure: 'events.requests', stepSeconds: 30 },
  { title: 'windows that begin beside the minute', measure: 'events.requests', shift: 15_000 },
  {
    title: 'windows across the gap',
    measure: 'events.requests',
    groupBy: ['host'],
    from: 65,
    to: 35,
    stepSeconds: 300,
  },
  { title: 'nothing after asOf', measure: 'events.requests', from: 60, to: 0, asOf: 20 },
  {
    title: 'a host that is silent is named, and its share is missing',
    measure: 'events.requests',
    from: 75,
    to: 50,
    asOf: 50,
    quality: { completeness: 2 / 3, lost: [gapHost] },
  },
  {
    title: 'the others are whole',
    measure: 'events.requests',
    from: 75,
    to: 50,
    asOf: 50,
    where: { zone: 'A' },
    quality: { completeness: 1, lost: [] },
  },
  {
    title: 'once it is back all is whole',
    measure: 'events.requests',
    from: 30,
    quality: { completeness: 1, lost: [] },
  },
  { title: 'two filters', measure: 'events.requests', where: { app: 'checkout', zone: 'A' } },
  { title: 'a filter of several hosts', measure: 'events.requests', where: { host: ['h-a-1', 'h-b-1'] } },
  { title: 'a filter of all hostile values', measure: 'events.requests', where: { app: [...hostileValues] } },
  ...hostileValues.map((app): ConformanceCase => {
    return {
      title: `app is ${JSON.stringify(app)}`,
      measure: 'events.requests',
      where: { app },
      from: 20,
      stepSeconds: 300,
    }
  }),
  ...absentValues.flatMap((app): ConformanceCase[] => {
    const common = { measure: 'events.requests', from: 20, isAbsent: true }
    return [
      { ...common, title: `nothing of ${JSON.stringify(app)}`, where: { app } },
      { ...common, title: `nothing of ${JSON.stringify(app)} or another`, where: { app: [app, 'nobody'] } },
    ]
  }),
]
