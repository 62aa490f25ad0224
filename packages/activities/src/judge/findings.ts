/** What the ended steps found, read from their results: what `conclude` builds on. Pure. */
import type { Hypothesis, Verdict } from '@tenon/runbook'
import * as z from 'zod'
import type { ComputeContext } from '../node.ts'
import { businessDependencyOutput, type BusinessDependencyOutput } from '../nodes/judge/business-dependency-output.ts'
import { chainLossOutput, type ChainLossOutput } from '../nodes/judge/chain-loss-output.ts'
import { changesOutput, type ChangesOutput } from '../nodes/judge/changes-output.ts'

export interface Findings {
  steps: ComputeContext['steps']
  /** Steps that gave a verdict. */
  judges: { id: string; title: string; summary: string; verdict: Verdict }[]
  hypotheses: Hypothesis[]
  loss: ChainLossOutput | null
  dependency: BusinessDependencyOutput | null
  changes: ChangesOutput | null
  /** ISO 8601: where the loss says it, else the earliest of what is abnormal. */
  since: string | null
  chain: string | null
}

const dated = z.object({ since: z.string().nullable() })

export function readFindings(ended: ComputeContext['steps']): Findings {
  // An earlier conclusion is no finding of its own.
  const steps = ended.filter(({ result }) => result.report === undefined)
  const judges = steps.flatMap(({ id, title, result }) =>
    result.verdict ? [{ id, title, summary: result.summary, verdict: result.verdict }] : [],
  )
  const loss = latest(steps, chainLossOutput)
  const dependency = latest(steps, businessDependencyOutput)
  const onsets = steps.flatMap(({ result }) => {
    const parsed = dated.safeParse(result.output)
    return result.verdict?.value === 'abnormal' && parsed.success && parsed.data.since !== null
      ? [parsed.data.since]
      : []
  })
  return {
    steps,
    judges,
    hypotheses: steps.flatMap(({ result }) => result.hypotheses ?? []),
    loss,
    dependency,
    changes: latest(steps, changesOutput),
    since: loss?.since ?? onsets.sort()[0] ?? null,
    chain: loss?.chain ?? dependency?.chain ?? null,
  }
}

function latest<T>(steps: ComputeContext['steps'], schema: z.ZodType<T>): T | null {
  for (const { result } of steps.toReversed()) {
    const parsed = schema.safeParse(result.output)
    if (parsed.success) return parsed.data
  }
  return null
}
