/** What is wrong now: every business chain, judged at most every ten seconds however many people look. */
import { isDown, judgeChain, type JudgedChain, type JudgedStep } from '@tenon/activities'
import { attributeChainLoss } from '@tenon/analysis'
import type { DataService } from '@tenon/data'
import type { Point, Verdict } from '@tenon/runbook'
import { problemOf } from './errors.ts'

export interface ChainView {
  id: string
  title: string
  owner: string | null
  verdict: Verdict
  /** Of the last step against its baseline: -0.118 is 11.8 % below; null when not known. */
  deviation: number | null
  actual: number | null
  expected: number | null
  unit: string
  /** Events a minute below expected; null when nothing is lost or it is not known. */
  lostPerMinute: number | null
  /** ISO 8601. */
  since: string | null
  /** Where most of the loss is. */
  worstStep: { id: string; title: string } | null
  /** The last step in the last hour. */
  spark: Point[]
  band: [t: number, low: number, high: number][]
  judgedAt: string
  /** Why it could not be judged. */
  problem: { code: string; message: string; fix: string } | null
}

export interface ChainHealth {
  /** Judges when the last judgement is older than ten seconds. */
  get(): Promise<{ judgedAt: string | null; chains: ChainView[] }>
}

const freshMs = 10_000
const windowMinutes = 15
const sparkMs = 3_600_000

export function createChainHealth(deps: { data(): Promise<DataService> }): ChainHealth {
  let last: { at: number; chains: ChainView[] } | null = null
  let judging: Promise<{ at: number; chains: ChainView[] }> | null = null

  async function judgeAll(): Promise<{ at: number; chains: ChainView[] }> {
    const at = Date.now()
    const data = await deps.data()
    const chains = await Promise.all(data.model.chains.map((chain) => viewOf(chain.id, { data, at })))
    last = { at, chains }
    return last
  }

  return {
    async get() {
      if (!last || Date.now() - last.at > freshMs) {
        judging ??= judgeAll().finally(() => {
          judging = null
        })
        await judging
      }
      return { judgedAt: last ? new Date(last.at).toISOString() : null, chains: last?.chains ?? [] }
    },
  }
}

interface Moment {
  data: DataService
  at: number
}

async function viewOf(id: string, { data, at }: Moment): Promise<ChainView> {
  const chain = data.model.chains.find((one) => one.id === id)
  const common = {
    id,
    title: chain?.title ?? id,
    owner: chain?.owner ?? null,
    judgedAt: new Date(at).toISOString(),
  }
  try {
    return { ...common, ...judgedView(await judgeChain(data, id, { windowMinutes, asOf: at }), at), problem: null }
  } catch (error) {
    // A chain that cannot be judged must not hide the others, and is never normal.
    const { code, message, fix } = problemOf(error)
    return {
      ...common,
      verdict: {
        value: 'inconclusive',
        confidence: 1,
        reasons: [message],
        quality: { completeness: 0, freshnessSeconds: null, notes: [] },
      },
      ...nothingKnown,
      problem: { code, message, fix },
    }
  }
}

const nothingKnown = {
  deviation: null,
  actual: null,
  expected: null,
  unit: '',
  lostPerMinute: null,
  since: null,
  worstStep: null,
  spark: [],
  band: [],
}

function judgedView(judged: JudgedChain, at: number) {
  const { source, steps, last } = judged
  const all = [source, ...steps]
  const down = all.filter(isDown)
  // The end of the chain is what the business gets; a step before it that fell counts as well, for it will arrive there.
  const telling = isDown(last) ? last : (down.at(-1) ?? last)
  const { judgement } = telling.judged
  const { value, confidence, reasons, quality } = judgement
  const lost = judgement.expected !== null && judgement.actual !== null ? judgement.expected - judgement.actual : null
  const onsets = down.flatMap((step) => step.judged.judgement.onset ?? [])
  return {
    verdict: { value, confidence, reasons, quality },
    deviation: judgement.deviation,
    actual: judgement.actual,
    expected: judgement.expected,
    unit: telling.judged.unit,
    lostPerMinute: value === 'abnormal' && lost !== null && lost > 0 ? lost : null,
    since: onsets.length === 0 ? null : new Date(Math.min(...onsets)).toISOString(),
    worstStep: value === 'abnormal' ? worstStep(judged, all) : null,
    spark: last.judged.recent.filter(([t]) => t > at - sparkMs),
    band: last.judged.judgement.band.filter(([t]) => t > at - sparkMs),
  }
}

function worstStep(
  { chain, windowMinutes: minutes }: JudgedChain,
  judged: readonly JudgedStep[],
): { id: string; title: string } | null {
  const loss = attributeChainLoss({
    minutes,
    steps: judged.map(({ step, judged: { judgement } }) => ({
      id: step.id,
      title: step.title,
      actual: judgement.actual,
      expected: judgement.expected,
      modelError: judgement.modelError,
    })),
  })
  const worst = loss?.parts.toSorted((a, b) => a.change - b.change)[0]
  const step = worst && worst.change < 0 ? chain.steps.find(({ id }) => id === worst.id) : undefined
  return step ? { id: step.id, title: step.title } : null
}
