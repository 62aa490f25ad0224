/** How many requests came and how many of them failed: in the newest minutes, and in the day before. */
import type { DataResult, DataService } from '@tenon/data'
import type { EvidenceQuery } from '@tenon/runbook'
import { eventsOver } from './mean-over.ts'
import type { SuccessMeasures } from './success-measures.ts'

const minute = 60_000
const hour = 60 * minute

export interface FailureCounts {
  /** Over each stretch that was asked for, all ending now. */
  stretches: { minutes: number; requests: number; failed: number }[]
  baseline: { requests: number; failed: number }
  queries: EvidenceQuery[]
}

/** @param stretches in minutes, longest first */
export async function countFailures(
  data: DataService,
  { attempts, completed }: SuccessMeasures,
  { stretches, asOf }: { stretches: readonly number[]; asOf: number },
): Promise<FailureCounts> {
  const now = { from: asOf - Math.max(...stretches) * minute, to: asOf, stepSeconds: 30 }
  // What is asked about, and some time before it, may be part of what is wrong.
  const end = now.from - 30 * minute
  const before = { from: end - 24 * hour, to: end, stepSeconds: 300 }
  const ask = (measure: string, span: typeof now) => data.data({ measure, asOf, ...span })
  const [all, good, pastAll, pastGood] = await Promise.all([
    ask(attempts, now),
    ask(completed, now),
    ask(attempts, before),
    ask(completed, before),
  ])
  const count = (answers: [DataResult, DataResult], span: typeof now) => {
    const [requests = 0, fine = 0] = answers.map((answer) =>
      Math.round(eventsOver(answer.series[0]?.points ?? [], span)),
    )
    return { requests, failed: Math.max(0, requests - fine) }
  }
  return {
    stretches: stretches.map((minutes) => ({
      minutes,
      ...count([all, good], { ...now, from: asOf - minutes * minute }),
    })),
    baseline: count([pastAll, pastGood], before),
    queries: [all, good, pastAll, pastGood].map(({ query }) => query),
  }
}
