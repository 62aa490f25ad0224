/** The tests' own data service: series from functions of time, with two weeks behind them. Not a source that the product knows. */
import {
  indexModel,
  modelFile,
  type ComputeAskInput,
  type ComputeResult,
  type DataQuery,
  type DataResult,
  type DataService,
  type Model,
} from '@tenon/data'
import type { DataQuality } from '@tenon/runbook'

export const asOf = Date.UTC(2026, 9, 14, 14, 0)
export const minute = 60_000

export const whole: DataQuality = { completeness: 1, freshnessSeconds: 10, notes: [] }

const counter = (title: string, select: string) => ({ title, kind: 'counter', unit: 'orders/min', bad: 'down', select })

/** shop -> pay -> db, two zones with one host each. */
export const smallModel: Model = modelFile.parse({
  tenonModel: 1,
  entities: [
    { id: 'market', kind: 'source', owner: 'sales' },
    { id: 'pay', kind: 'service', owner: 'payments', edge: { connection: 'edge', backend: 'pay' } },
    { id: 'db', kind: 'database' },
    { id: 'pay-a', kind: 'host', attributes: { service: 'pay', zone: 'A' } },
    { id: 'pay-b', kind: 'host', attributes: { service: 'pay', zone: 'B' } },
  ],
  tables: {
    market: {
      entity: 'market',
      source: 's',
      dimensions: { kind: 'kind' },
      measures: { orders: counter('Orders', 'orders') },
    },
    pay: {
      entity: 'pay',
      source: 's',
      dimensions: { zone: 'zone', host: 'host' },
      measures: {
        attempts: counter('Attempts', 'requests'),
        succeeded: counter('Succeeded', 'requests{outcome="ok"}'),
        rate: {
          title: 'Success rate',
          kind: 'ratio',
          unit: 'ratio',
          bad: 'down',
          of: 'requests{outcome="ok"}',
          per: 'requests',
        },
      },
    },
    db: {
      entity: 'db',
      source: 's',
      measures: { wait: { title: 'Wait', kind: 'gauge', unit: 's', bad: 'up', select: 'wait' } },
    },
  },
  relations: [
    { from: 'market', to: 'pay', kind: 'calls' },
    { from: 'pay', to: 'db', kind: 'stores-in' },
  ],
  chains: [
    {
      id: 'buy',
      title: 'Purchase',
      owner: 'sales',
      steps: [
        { id: 'source', title: 'Orders', entity: 'market', measure: 'market.orders' },
        { id: 'pay', title: 'Payment', entity: 'pay', measure: 'pay.succeeded' },
      ],
    },
  ],
})

export interface MemorySeries {
  dimensions?: Record<string, string>
  at(t: number): number | null
}

export interface MemoryOptions {
  /** What each measure's series are; a call without `groupBy` gets their sum (of ratios and gauges the mean). */
  series: Record<string, MemorySeries[]>
  quality?: DataQuality
  /** Called for every query. */
  onQuery?(query: DataQuery): void
  /** What is computed of an ask; without it nothing can be. */
  compute?(ask: ComputeAskInput): ComputeResult
}

export function memoryData({ series, quality = whole, onQuery, compute }: MemoryOptions): DataService {
  const known = (measure: string): MemorySeries[] => series[measure] ?? []
  return {
    model: smallModel,
    entity: async () => smallModel.entities,
    relation: async ({ entity }) => ({
      root: entity,
      entities: smallModel.entities.filter(({ id }) =>
        smallModel.relations.some(({ from, to }) => from === entity && to === id),
      ),
      links: [],
    }),
    async compute(ask) {
      if (compute) return compute(ask)
      throw new Error('this test computes nothing')
    },
    async data(query): Promise<DataResult> {
      onQuery?.(query)
      const times: number[] = []
      for (let t = query.from; t <= query.to; t += query.stepSeconds * 1000) times.push(t)
      const isCount = /orders|attempts|succeeded/.test(query.measure)
      const join = (values: (number | null)[]): number | null => {
        const present = values.filter((value) => value !== null)
        const sum = present.reduce((total, value) => total + value, 0)
        return present.length === 0 ? null : isCount ? sum : sum / present.length
      }
      const wanted = known(query.measure).filter(({ dimensions = {} }) =>
        Object.entries(query.where ?? {}).every(([key, value]) => [value].flat().includes(dimensions[key] ?? '')),
      )
      const groups = query.groupBy?.length
        ? wanted.map((one) => ({ dimensions: one.dimensions ?? {}, members: [one] }))
        : wanted.length > 0
          ? [{ dimensions: {}, members: wanted }]
          : []
      return {
        measure: query.measure,
        unit: indexModel(smallModel).measure(query.measure)?.measure.unit ?? '',
        series: groups.map(({ dimensions, members }) => ({
          dimensions,
          quality,
          points: times.map((t) => [t, join(members.map((one) => one.at(t)))]),
        })),
        quality,
        query: {
          source: 's',
          expression: query.measure,
          from: new Date(query.from).toISOString(),
          to: new Date(query.to).toISOString(),
          stepSeconds: query.stepSeconds,
        },
      }
    },
  }
}

/** A level that wobbles by some per cent, so that the noise is not zero; the same for the same time. */
export const wobbling =
  (level: number, share = 0.02) =>
  (t: number) =>
    level * (1 + share * Math.sin(t / 7_919_000) * Math.cos(t / 31_337))

/** `level` before `onset`, then `after`. */
export const changed = (onset: number, level: number, after: number) => {
  const [before, now] = [wobbling(level), wobbling(after)]
  return (t: number) => (t > onset ? now(t) : before(t))
}
