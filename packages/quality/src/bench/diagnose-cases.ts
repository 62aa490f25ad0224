/** The incidents of the diagnose bench: what is wrong when, what was changed then, and what a right report says. */
import type { FaultKind, SimulatedFault } from '@tenon/demo'

export interface DiagnoseCase {
  name: string
  fault: FaultKind | null
  severity?: number
  /** What the report's cause must be, or how its verdict must be. */
  expect:
    | { kind: 'cause'; matches: (cause: { kind: string; key: string }, change: string) => boolean }
    | { kind: 'not-abnormal' }
    | { kind: 'inconclusive' }
}

export interface PlacedCase extends DiagnoseCase {
  /** Unix milliseconds. */
  onset: number
  asOf: number
  changeId: string
}

export interface PostedChange {
  id: string
  kind: string
  title: string
  startedAt: string
  endedAt?: string
  scope: { entity?: string; hosts?: string[]; zone?: string; version?: string }
}

const MINUTE = 60_000
/** Far enough apart that the one before is over when a case's window begins. */
export const SPACING_MINUTES = 150
const LASTS_MINUTES = 20
const JUDGED_AFTER_MINUTES = 6

const change = { kind: 'cause', matches: (cause: { key: string }, id: string) => cause.key === `change:${id}` } as const
const source = { kind: 'cause', matches: (cause: { kind: string }) => cause.kind === 'source' } as const
const zone = { kind: 'cause', matches: (cause: { key: string }) => cause.key === 'zone:A' } as const
const database = { kind: 'cause', matches: (cause: { key: string }) => cause.key === 'dependency:payment-db' } as const
const healthy = { kind: 'not-abnormal' } as const
const inconclusive = { kind: 'inconclusive' } as const

export const CASES: readonly DiagnoseCase[] = [
  { name: 'bad change, 25 %', fault: 'bad-change', severity: 0.25, expect: change },
  { name: 'source drop, 40 %', fault: 'source-drop', severity: 0.4, expect: source },
  { name: 'healthy', fault: null, expect: healthy },
  { name: 'zone latency, 15 %', fault: 'zone-latency', severity: 0.15, expect: zone },
  { name: 'database saturation, 30 %', fault: 'db-saturation', severity: 0.3, expect: database },
  { name: 'lost scrape', fault: 'lost-scrape', severity: 1, expect: inconclusive },
  { name: 'bad change, 15 %', fault: 'bad-change', severity: 0.15, expect: change },
  { name: 'load test', fault: 'load-test', severity: 0.6, expect: healthy },
  { name: 'source drop, 25 %', fault: 'source-drop', severity: 0.25, expect: source },
  { name: 'zone latency, 30 %', fault: 'zone-latency', severity: 0.3, expect: zone },
  { name: 'healthy', fault: null, expect: healthy },
  { name: 'database saturation, 50 %', fault: 'db-saturation', severity: 0.5, expect: database },
  { name: 'bad change, 40 %', fault: 'bad-change', severity: 0.4, expect: change },
  { name: 'lost scrape', fault: 'lost-scrape', severity: 1, expect: inconclusive },
  { name: 'source drop, 60 %', fault: 'source-drop', severity: 0.6, expect: source },
  { name: 'healthy', fault: null, expect: healthy },
  { name: 'zone latency, 20 %', fault: 'zone-latency', severity: 0.2, expect: zone },
  { name: 'database saturation, 20 %', fault: 'db-saturation', severity: 0.2, expect: database },
  { name: 'low traffic', fault: 'low-traffic', severity: 0.98, expect: inconclusive },
  { name: 'bad change, 30 %', fault: 'bad-change', severity: 0.3, expect: change },
]

/** Gives each case its time, the last one ending a little before `now` (unix milliseconds). */
export function placeCases(now: number): PlacedCase[] {
  return CASES.map((one, index) => {
    const onset = now - (CASES.length - index) * SPACING_MINUTES * MINUTE + (index % 7) * 37_000
    return { ...one, onset, asOf: onset + JUDGED_AFTER_MINUTES * MINUTE, changeId: `CHG-${2001 + index}` }
  })
}

/** The faults of the cases, as the simulator takes them. */
export function faultsOf(cases: readonly PlacedCase[]): SimulatedFault[] {
  return cases.flatMap(({ fault, severity, onset }) =>
    fault === null ? [] : [{ kind: fault, from: onset, to: onset + LASTS_MINUTES * MINUTE, severity }],
  )
}

/** What other systems report around a case: the change that did it, if one did, and one that is innocent. */
export function changesOf(one: PlacedCase): PostedChange[] {
  const innocent: PostedChange = {
    id: `${one.changeId}-other`,
    kind: 'deploy',
    title: 'stock v7 to stock-b-2',
    startedAt: iso(one.onset - 35 * MINUTE),
    scope: { entity: 'stock', hosts: ['stock-b-2'], version: 'v7' },
  }
  const own = ownChange(one)
  return own ? [innocent, own] : [innocent]
}

function ownChange({ fault, changeId: id, onset }: PlacedCase): PostedChange | null {
  const startedAt = iso(onset)
  if (fault === 'bad-change') {
    const hosts = ['pay-a-1', 'pay-a-2', 'pay-a-3']
    const scope = { entity: 'payment', hosts, zone: 'A', version: 'v2' }
    return { id, kind: 'deploy', title: 'payment v2 to pay-a-1, pay-a-2 and pay-a-3', startedAt, scope }
  }
  if (fault === 'load-test') {
    const endedAt = iso(onset + LASTS_MINUTES * MINUTE)
    return {
      id,
      kind: 'load-test',
      title: 'Load test of card payment',
      startedAt,
      endedAt,
      scope: { entity: 'marketplace' },
    }
  }
  return null
}

function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString()
}
