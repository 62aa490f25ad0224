/** The faults that the shop can have, live and in simulated history. */
import * as z from 'zod'

export const faultKind = z.enum([
  'source-drop',
  'bad-change',
  'zone-latency',
  'db-saturation',
  'load-test',
  'low-traffic',
  'lost-scrape',
  'error-burst',
  'slow-host',
  'slow-dependency',
  'connection-leak',
])
export type FaultKind = z.infer<typeof faultKind>

export interface FaultDescription {
  kind: FaultKind
  title: string
  /** What happens, and what `severity` means, for people. */
  meaning: string
  defaultSeverity: number
}

export const FAULTS: readonly FaultDescription[] = [
  {
    kind: 'bad-change',
    title: 'Bad change',
    meaning: 'payment v2 is deployed to pay-a-1, pay-a-2 and pay-a-3 and fails this share of their requests.',
    defaultSeverity: 0.25,
  },
  {
    kind: 'source-drop',
    title: 'Source drop',
    meaning: 'The marketplace sends this share fewer orders. Nothing is wrong inside the shop.',
    defaultSeverity: 0.4,
  },
  {
    kind: 'zone-latency',
    title: 'Zone latency',
    meaning: 'Every host in zone A is slow, and this share of its requests runs into the time limit.',
    defaultSeverity: 0.15,
  },
  {
    kind: 'db-saturation',
    title: 'Database saturation',
    meaning: 'A runaway report holds the connections of payment-db; this share of payments waits in vain.',
    defaultSeverity: 0.3,
  },
  {
    kind: 'load-test',
    title: 'Load test',
    meaning: 'Orders of kind load-test are added: this share of the normal volume. Nothing is lost.',
    defaultSeverity: 0.6,
  },
  {
    kind: 'low-traffic',
    title: 'Low traffic',
    meaning: 'This share of the volume goes away, so that what is left is too little to judge.',
    defaultSeverity: 0.98,
  },
  {
    kind: 'lost-scrape',
    title: 'Lost scrape',
    meaning: 'The payment hosts work, but do not answer when their metrics are asked for.',
    defaultSeverity: 1,
  },
  {
    kind: 'error-burst',
    title: 'Error burst',
    meaning: 'Every host of cashier-render fails this share of its requests. No change and no zone is behind it.',
    defaultSeverity: 0.2,
  },
  {
    kind: 'slow-host',
    title: 'Slow host',
    meaning: 'trade-b-2 alone is slow, and this share of its requests runs into the time limit.',
    defaultSeverity: 0.15,
  },
  {
    kind: 'slow-dependency',
    title: 'Slow dependency',
    meaning: 'This share of what is asked of risk hangs. Trade create and payment wait for it, and lose no order.',
    defaultSeverity: 0.3,
  },
  {
    kind: 'connection-leak',
    title: 'Connection leak',
    meaning: 'A job takes connections of payment-db and keeps them: within 40 min this share of those that were free.',
    defaultSeverity: 0.7,
  },
]

/** The description of a fault. */
export function describeFault(kind: FaultKind): FaultDescription {
  const found = FAULTS.find((each) => each.kind === kind)
  if (!found) throw new Error(`fault ${kind} has no description`)
  return found
}
