/** What the ended steps found, read from their results: what `conclude` builds on. Pure. */
import type { Hypothesis, Verdict } from '@tenon/runbook'
import * as z from 'zod'
import type { ComputeContext } from '../node.ts'
import { businessDependencyOutput, type BusinessDependencyOutput } from '../nodes/judge/business-dependency-output.ts'
import { chainLossOutput, type ChainLossOutput } from '../nodes/judge/chain-loss-output.ts'
import { changesOutput, type ChangesOutput } from '../nodes/judge/changes-output.ts'
import { entityFinding, placedFinding, type EntityFinding, type PlacedFinding } from '../nodes/judge/entity-finding.ts'

export interface Findings {
  steps: ComputeContext['steps']
  /** Steps that gave a verdict. */
  judges: { id: string; title: string; summary: string; verdict: Verdict }[]
  hypotheses: Hypothesis[]
  loss: ChainLossOutput | null
  dependency: BusinessDependencyOutput | null
  changes: ChangesOutput | null
  /** What steps that judge an entity found abnormal, the most telling first. */
  entities: EntityFinding[]
  /** Where the fault sits, when a step compared the parts of an entity and one of them differs. */
  place: PlacedFinding | null
  /** ISO 8601: where the loss says it, else what tells most. */
  since: string | null
  chain: string | null
  /** Titles of steps that had not ended when the time was up. */
  cut: string[]
  /** What could not be checked, a sentence each. */
  unchecked: string[]
}

const unsure = z.object({ unchecked: z.array(z.string()) })
const dated = z.object({ since: z.string().nullable() })

/** What people feel tells more of an incident than what stands behind it. Types that are not here come last. */
const telling = [
  'judge.chain-loss',
  'judge.business-dependency',
  'judge.capacity',
  'judge.anomalies',
  'judge.anomaly',
  'judge.traffic',
  'judge.peers',
  'judge.dependency-health',
]
const rankOf = (type: string): number => (telling.includes(type) ? telling.indexOf(type) : telling.length)

export function readFindings(ended: ComputeContext['steps']): Findings {
  // An earlier conclusion is no finding of its own.
  const steps = ended.filter(({ result }) => result.report === undefined)
  // Side by side, steps end in any order; what is concluded must not hang on it.
  const ordered = steps.toSorted((a, b) => rankOf(a.type) - rankOf(b.type) || (a.id < b.id ? -1 : 1))
  const judges = ordered.flatMap(({ id, title, result }) =>
    result.verdict ? [{ id, title, summary: result.summary, verdict: result.verdict }] : [],
  )
  const loss = latest(steps, chainLossOutput)
  const dependency = latest(steps, businessDependencyOutput)
  const abnormal = ordered.filter(({ result }) => result.verdict?.value === 'abnormal')
  const entities = abnormal.flatMap(({ result }) => {
    const parsed = entityFinding.safeParse(result.output)
    return parsed.success && parsed.data.headline !== null ? [parsed.data] : []
  })
  const onsets = abnormal.flatMap(({ result }) => {
    const parsed = dated.safeParse(result.output)
    return parsed.success && parsed.data.since !== null ? [parsed.data.since] : []
  })
  const placed = abnormal.flatMap(({ result }) => {
    const parsed = placedFinding.safeParse(result.output)
    return parsed.success && parsed.data.localised !== null ? [parsed.data] : []
  })
  return {
    steps: ordered,
    judges,
    hypotheses: ordered.flatMap(({ result }) => result.hypotheses ?? []),
    loss,
    dependency,
    changes: latest(steps, changesOutput),
    entities,
    place: placed.at(-1) ?? null,
    since: loss?.since ?? entities.find(({ since }) => since !== null)?.since ?? onsets.sort()[0] ?? null,
    chain: loss?.chain ?? dependency?.chain ?? null,
    cut: ordered.filter(({ result }) => result.outcome === 'cut').map(({ title }) => title),
    unchecked: uncheckedOf(ordered),
  }
}

/** Judges that could not see, steps that failed or were cut off, and what a step says that it left out. */
function uncheckedOf(steps: ComputeContext['steps']): string[] {
  const sentences = steps.flatMap(({ title, result }) => {
    const own = unsure.safeParse(result.output)
    const left = own.success ? own.data.unchecked : []
    const reason = result.verdict?.value === 'inconclusive' ? result.verdict.reasons[0] : undefined
    if (reason === undefined) return left
    return [result.outcome === 'cut' || result.outcome === 'error' ? reason : `${title} ${reason}`, ...left]
  })
  return [...new Set(sentences)]
}

function latest<T>(steps: ComputeContext['steps'], schema: z.ZodType<T>): T | null {
  for (const { result } of steps.toReversed()) {
    const parsed = schema.safeParse(result.output)
    if (parsed.success) return parsed.data
  }
  return null
}
