/** The facts as each kind of store takes them. */
import type { StoredSeries } from '../stored-samples.ts'
import { delivered, gapHost, gapOf, slot, type Dataset } from './dataset.ts'
import { metricName, type RelationName } from './measures.ts'

/**
 * As the metrics of processes that count: counters that only grow, gauges, buckets 10 ms wide, read out every slot and by nobody while
 * the host is silent. A counter is there with 0 before it first counts.
 */
export function metricsOf(dataset: Dataset, prefix: string): StoredSeries[] {
  const { begin, end, events, readings, calls } = dataset
  const times = Array.from({ length: (end - begin) / slot + 1 }, (_, index) => begin + index * slot)
  const gap = gapOf(end)
  const isRead = (host: string, time: number) => host !== gapHost || time <= gap.from || time > gap.until
  const name = (relation: RelationName, column: string, kind: 'counter' | 'gauge' | 'histogram') =>
    metricName(prefix, { relation, column, kind })
  const counted = <T extends { time: number; host: string }>(
    rows: T[],
    amount: (row: T) => number,
  ): [number, number][] => {
    let [next, total] = [0, 0]
    const { host } = rows[0]!
    return times.flatMap((time): [number, number][] => {
      for (; rows[next] !== undefined && rows[next]!.time <= time; next++) total += amount(rows[next]!)
      return isRead(host, time) ? [[time, total]] : []
    })
  }

  const eventSeries = [
    ...Map.groupBy(events, ({ app, host, outcome }) => JSON.stringify([app, host, outcome])).values(),
  ]
  const callSeries = [...Map.groupBy(calls, ({ app, host }) => JSON.stringify([app, host])).values()]
  const readingSeries = [...Map.groupBy(readings, ({ pool, host }) => JSON.stringify([pool, host])).values()]
  const bounds = Array.from({ length: 60 }, (_, index) => (index + 1) / 100)
  return [
    ...eventSeries.flatMap((rows): StoredSeries[] => {
      const { app, host, zone, outcome } = rows[0]!
      const labels = { app, host, zone, outcome }
      return (['requests', 'amount', '*'] as const).map((column) => ({
        name: name('events', column, 'counter'),
        labels,
        samples: counted(rows, (row) => (column === '*' ? 1 : row[column])),
      }))
    }),
    ...readingSeries.flatMap((rows): StoredSeries[] => {
      const { pool, host, zone } = rows[0]!
      return (['used', 'capacity'] as const).map((column) => ({
        name: name('readings', column, 'gauge'),
        labels: { pool, host, zone },
        samples: rows.map((row): [number, number] => [row.time, row[column]]),
      }))
    }),
    ...callSeries.flatMap((rows): StoredSeries[] => {
      const { app, host } = rows[0]!
      const sorted = [...rows].sort((a, b) => a.time - b.time)
      return [...bounds, Number.POSITIVE_INFINITY].map((le) => ({
        name: name('calls', 'seconds', 'histogram'),
        labels: { app, host, le: Number.isFinite(le) ? String(le) : '+Inf' },
        samples: counted(sorted, ({ seconds }) => (seconds <= le ? 1 : 0)),
      }))
    }),
  ]
}

export interface RowTable {
  name: RelationName
  columns: { name: string; kind: 'id' | 'time' | 'text' | 'integer' | 'number' }[]
  /** In the order of delivery, some twice. */
  rows: (string | number)[][]
}

/** As rows, in the order in which a network delivers them. */
export function rowTablesOf({ events, readings, calls }: Dataset): RowTable[] {
  return [
    {
      name: 'events',
      columns: [
        id,
        time,
        text('app'),
        text('host'),
        text('zone'),
        text('outcome'),
        integer('requests'),
        number('amount'),
      ],
      rows: delivered(events).map((row) => [
        row.id,
        row.time,
        row.app,
        row.host,
        row.zone,
        row.outcome,
        row.requests,
        row.amount,
      ]),
    },
    {
      name: 'readings',
      columns: [id, time, text('pool'), text('host'), text('zone'), number('used'), integer('capacity')],
      rows: delivered(readings).map((row) => [row.id, row.time, row.pool, row.host, row.zone, row.used, row.capacity]),
    },
    {
      name: 'calls',
      columns: [id, time, text('app'), text('host'), number('seconds')],
      rows: delivered(calls).map((row) => [row.id, row.time, row.app, row.host, row.seconds]),
    },
  ]
}

const id = { name: 'id', kind: 'id' } as const
const time = { name: 'time', kind: 'time' } as const
const text = (name: string) => ({ name, kind: 'text' }) as const
const integer = (name: string) => ({ name, kind: 'integer' }) as const
const number = (name: string) => ({ name, kind: 'number' }) as const
