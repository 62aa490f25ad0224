/** Whether a draft may be published, where its document requires that a backtest does not get worse. */
import { canonicalJson } from '../canonical.ts'
import { type CaseResult, summariseBacktest } from './summarise-backtest.ts'

/** A backtest that has ended, with its cases. */
export interface FinishedBacktest {
  id: string
  planHash: string
  cases: readonly (CaseResult & { asOf: string; params: Record<string, unknown> })[]
}

export type GateDecision =
  | { ok: true; reason: string }
  | { ok: false; code: 'backtest-missing' | 'backtest-worse'; message: string; fix: string }

/**
 * Compares over the labelled cases that both have. Without a live version, any backtest of the draft that has labels will do: it is what the next one is
 * measured against.
 *
 * @param given `live` is null when nothing is published yet; `draftHash` and `liveHash` are the plans' hashes; `of` gives the newest first.
 */
export function backtestGate(given: {
  draftHash: string
  liveHash: string | null
  of(planHash: string): readonly FinishedBacktest[]
}): GateDecision {
  const { draftHash, liveHash, of } = given
  if (draftHash === liveHash) return { ok: true, reason: 'What runs does not change.' }
  const drafts = of(draftHash).filter(hasLabels)
  if (drafts.length === 0)
    return missing(
      'The draft has no finished backtest with labels.',
      'Run a backtest of the draft over labelled cases.',
    )
  if (liveHash === null) return { ok: true, reason: 'Nothing is published yet.' }
  for (const draft of drafts) {
    for (const live of of(liveHash)) {
      const both = commonCases(draft, live)
      if (both.draft.length > 0) return compare(both)
    }
  }
  return missing(
    'The live version has no backtest over the cases of the draft’s.',
    'Run a backtest of the live version over the same cases.',
  )
}

const hasLabels = ({ cases }: FinishedBacktest): boolean =>
  cases.some(({ label, status }) => label !== null && status !== 'pending')

function missing(message: string, fix: string): GateDecision {
  return { ok: false, code: 'backtest-missing', message, fix }
}

interface Both {
  draft: CaseResult[]
  live: CaseResult[]
}

function commonCases(draft: FinishedBacktest, live: FinishedBacktest): Both {
  const key = ({ asOf, params }: FinishedBacktest['cases'][number]): string => canonicalJson([asOf, params])
  const known = new Map(live.cases.map((one) => [key(one), one]))
  const pairs = draft.cases.flatMap((one) => {
    const twin = known.get(key(one))
    // The draft's label counts for both: people may have learnt since.
    return twin && one.label !== null ? [{ draft: one, live: { ...twin, label: one.label } }] : []
  })
  return { draft: pairs.map((pair) => pair.draft), live: pairs.map((pair) => pair.live) }
}

function compare({ draft, live }: Both): GateDecision {
  const [is, was] = [summariseBacktest(draft).accuracy ?? 0, summariseBacktest(live).accuracy ?? 0]
  const figures = `${percent(is)} of ${draft.length} cases right, ${percent(was)} in the live version`
  if (is >= was) return { ok: true, reason: `${figures}.` }
  const message = `The draft is worse than the live version: ${figures}.`
  return {
    ok: false,
    code: 'backtest-worse',
    message,
    fix: 'Look at the cases that it gets wrong, or turn off backtest.required.',
  }
}

const percent = (share: number): string => `${Math.round(share * 1000) / 10} %`
