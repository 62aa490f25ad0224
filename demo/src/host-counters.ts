/** What one host process counts: shared by simulated and live hosts, so that both give the same series in the same order. */
import { emptyHistogram, type Histogram } from './latency.ts'
import * as names from './metric-names.ts'
import { calledBy, OUTCOMES, type Host, type Outcome, type ServiceId } from './world.ts'

export interface HostCounters {
  outcomes: Record<Outcome, number>
  latency: Histogram
  /** In the order of `calledBy`. */
  calls: number[]
}

/** Counters of a process that just began. */
export function emptyCounters(service: ServiceId): HostCounters {
  return {
    outcomes: { ok: 0, error: 0, timeout: 0, rejected: 0 },
    latency: emptyHistogram(),
    calls: calledBy(service).map(() => 0),
  }
}

/** Counts calls that a host of the service made. */
export function countCalls({ calls }: HostCounters, service: ServiceId, called: string, count = 1): void {
  const index = calledBy(service).indexOf(called)
  if (index >= 0) calls[index] = (calls[index] ?? 0) + count
}

/** The series of a host that runs this version. */
export function hostSeries(host: Host, version: string): names.SeriesName[] {
  const labels = names.hostLabels(host, version)
  return [
    ...OUTCOMES.map((outcome) => ({ name: names.REQUESTS_TOTAL, labels: names.outcomeLabels(host, version, outcome) })),
    ...names.BUCKET_LABELS.map((le) => ({ name: `${names.REQUEST_SECONDS}_bucket`, labels: { ...labels, le } })),
    { name: `${names.REQUEST_SECONDS}_sum`, labels },
    { name: `${names.REQUEST_SECONDS}_count`, labels },
    ...names.graphSeries(host.service),
  ]
}

/** The values of `hostSeries`, in its order. */
export function hostValues(counters: HostCounters): number[] {
  let cumulative = 0
  return [
    ...OUTCOMES.map((outcome) => counters.outcomes[outcome]),
    ...Array.from(counters.latency.counts, (count) => (cumulative += count)),
    counters.latency.sum,
    counters.latency.count,
    ...counters.calls,
  ]
}
