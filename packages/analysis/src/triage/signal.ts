/** What an alert's rule watches, told from its name: the four golden signals (Beyer et al., "Site Reliability Engineering", 2016, chapter 6). */
export type Signal = 'latency' | 'errors' | 'traffic' | 'saturation' | 'other'

const words: [Exclude<Signal, 'other'>, RegExp][] = [
  ['errors', /error|fail|success|5xx|availab|declin|reject|exception/],
  ['latency', /latenc|slow|duration|response.?time|p\d{2}\b|p\d{2}_|timeout/],
  ['saturation', /cpu|memory|\bmem|heap|\bgc|_gc|pool|disk|queue|thread|connections|saturat|load|full|lag/],
  ['traffic', /traffic|volume|request|throughput|rps|qps|orders|drop|rate/],
]

/** `LatencyP99High`, `latency_p99_high` and `Latency p99 is high` are one. `other` when the name says none of the four. */
export function signalOf(rule: string): Signal {
  const name = rule.replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase()
  return words.find(([, pattern]) => pattern.test(name))?.[0] ?? 'other'
}
