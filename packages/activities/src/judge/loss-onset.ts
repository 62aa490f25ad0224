/** When a step's loss began: from its success rate where it has one, else from its conversion. */
import { estimateOnset, type Sample } from '@tenon/analysis'
import { recentStepSeconds, type Judged } from './fetch-and-judge.ts'
import type { JudgedStep } from './judge-chain.ts'

const minute = 60_000

export interface LossOnset {
  /** Unix milliseconds. */
  at: number
  uncertaintySeconds: number
}

export function lossOnset(
  step: { before: JudgedStep; here: JudgedStep; rate: Judged | null },
  { asOf, stretchMinutes }: { asOf: number; stretchMinutes: number },
): LossOnset {
  const fromRate = step.rate === null ? null : fall(step.rate.recent, step.rate.judgement.expectedPoints)
  const found =
    fromRate ??
    fall(
      quotient(step.here.judged.recent, step.before.judged.recent),
      quotient(step.here.judged.judgement.expectedPoints, step.before.judged.judgement.expectedPoints),
    )
  return found ?? { at: asOf - stretchMinutes * minute, uncertaintySeconds: stretchMinutes * 30 }
}

function fall(points: Sample[], expected: Sample[]): LossOnset | null {
  const onset = estimateOnset({ points, expected, kind: 'ratio', stepSeconds: recentStepSeconds })
  if (onset === null || onset.after >= onset.before) return null
  return { at: onset.at, uncertaintySeconds: Math.max(recentStepSeconds, (onset.latest - onset.earliest) / 2000) }
}

function quotient(over: Sample[], under: Sample[]): Sample[] {
  const below = new Map(under)
  return over.map(([t, value]) => {
    const base = below.get(t)
    return [t, value === null || !base ? null : value / base]
  })
}
