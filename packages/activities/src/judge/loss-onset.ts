/** When a step's loss began: from its success rate where it has one, else from its conversion. */
import { estimateOnset, type Sample } from '@tenon/analysis'
import { recentStepSeconds, type Judged } from './fetch-and-judge.ts'
import type { JudgedStep } from './judge-chain.ts'
import { meanOver } from './mean-over.ts'
import { usualConversion } from './usual-conversion.ts'

const minute = 60_000

export interface LossOnset {
  /** Unix milliseconds; when not known, the beginning of what was looked at. */
  at: number
  /** False when the loss is older than the hours that were fetched, or shows no beginning. */
  isKnown: boolean
}

/** Looks in the time around the window first, then in all recent hours: an incident may be some hours old. */
export function lossOnset(
  step: { before: JudgedStep; here: JudgedStep; rate: Judged | null },
  { asOf, stretchMinutes }: { asOf: number; stretchMinutes: number },
): LossOnset {
  const { before, here, rate } = step
  const conversion = quotient(here.judged.recent, before.judged.recent)
  const usual = usualConversion(before.judged.history, here.judged.history, asOf)
  const found =
    (rate && fall(rate.recent, rate.judgement.expectedPoints)) ??
    (rate && fall(rate.recent, flat(rate.recent, rate.judgement.expected))) ??
    fall(conversion, flat(conversion, usual))
  if (found !== null) return { at: found, isKnown: true }
  // Down in the first hour that was fetched already: it began before.
  const first = meanOver(conversion, -Infinity, (conversion[0]?.[0] ?? 0) + 60 * minute)
  const isOld = usual !== null && first !== null && first < usual * 0.98
  return { at: isOld ? (conversion[0]?.[0] ?? asOf) : asOf - stretchMinutes * minute, isKnown: false }
}

function fall(points: Sample[], expected: Sample[]): number | null {
  const onset = estimateOnset({ points, expected, kind: 'ratio', stepSeconds: recentStepSeconds })
  return onset === null || onset.after >= onset.before ? null : onset.at
}

const flat = (points: Sample[], level: number | null): Sample[] => points.map(([t]) => [t, level])

function quotient(over: Sample[], under: Sample[]): Sample[] {
  const below = new Map(under)
  return over.map(([t, value]) => {
    const base = below.get(t)
    return [t, value === null || !base ? null : value / base]
  })
}
