/** Which part of a chain's loss each step has, over the stretch before asOf in which it shows most. */
import { attributeChainLoss, type Attribution, type AttributionPart } from '@tenon/analysis'
import { isDown, type JudgedChain, type JudgedStep } from './judge-chain.ts'
import { meanOver } from './mean-over.ts'
import { usualConversion } from './usual-conversion.ts'

const minute = 60_000
const stretches = [3, 5, 10, 15, 30, 60]
/** Several stretches and steps are looked at, so that one alone must show more than the usual three standard deviations. */
const criticalScore = 4
/** Conversions wander little; the same figure as in `attributeChainLoss`. */
const conversionError = 0.005

export interface Loss {
  attribution: Attribution
  minutes: number
  /** Steps after the source that lose beyond noise, greatest first. */
  losing: AttributionPart[]
}

/** Null when the volume of the source or the last step is not known. */
export function attributeLoss(chain: JudgedChain, asOf: number, windowMinutes: number): Loss | null {
  const lengths = [...stretches.filter((length) => length < windowMinutes), windowMinutes]
  const all = lengths.flatMap((length) => attributeOver(chain, asOf, length) ?? [])
  return all.toSorted((a, b) => strength(b) - strength(a))[0] ?? null
}

/** Over just this stretch: once the onset is known. */
export function attributeOver(chain: JudgedChain, asOf: number, minutes: number): Loss | null {
  const from = asOf - minutes * minute
  const expected = expectedVolumes(chain, from, asOf)
  const steps = [chain.source, ...chain.steps].map(({ step, judged }, index) => {
    const isSeen = judged.judgement.value !== 'inconclusive'
    return {
      id: step.id,
      title: step.title,
      actual: isSeen ? meanOver(judged.recent, from, asOf) : null,
      expected: isSeen ? (expected[index] ?? null) : null,
      modelError: Math.max(0.01, judged.judgement.modelError),
    }
  })
  const attribution = attributeChainLoss({ steps, minutes, minimumEvents: chain.last.judged.minimumEvents })
  if (attribution === null) return null
  const parts = attribution.parts.map((part, index) => {
    // The source has a judgement of its own, on every stretch and with its own noise.
    if (index === 0) return { ...part, verdict: sourceVerdict(chain.source) }
    const arrivals = (steps[index - 1]?.actual ?? 0) * minutes
    const isNoise = part.verdict === 'abnormal' && Math.abs(scoreOf(part, arrivals)) < criticalScore
    return isNoise
      ? { ...part, verdict: 'normal' as const, reason: part.reason.replace('lost beyond noise', 'within noise') }
      : part
  })
  const losing = parts.filter((part, index) => index > 0 && part.verdict === 'abnormal')
  return { attribution: { ...attribution, parts }, minutes, losing: losing.toSorted((a, b) => a.change - b.change) }
}

/**
 * The source's volume by its own baseline; each step's by the share that it completed at this time on earlier days. A step's own baseline
 * follows today's level, and would take the loss for the level once it has lasted some hours.
 */
function expectedVolumes({ source, steps }: JudgedChain, from: number, asOf: number): (number | null)[] {
  const volumes = [meanOver(source.judged.judgement.expectedPoints, from, asOf)]
  let before = source
  for (const here of steps) {
    const own = meanOver(here.judged.judgement.expectedPoints, from, asOf)
    const previous = volumes.at(-1) ?? null
    const share = usualConversion(before.judged.history, here.judged.history, asOf)
    volumes.push(previous === null || share === null ? own : previous * share)
    before = here
  }
  return volumes
}

function sourceVerdict(source: JudgedStep): AttributionPart['verdict'] {
  if (isDown(source)) return 'abnormal'
  return source.judged.judgement.value === 'inconclusive' ? 'inconclusive' : 'normal'
}

function scoreOf(part: AttributionPart, arrivals: number): number {
  if (part.ratio === null || part.expectedConversion === null || arrivals <= 0) return 0
  const share = Math.min(Math.max(part.expectedConversion, 1e-6), 1 - 1 / (arrivals + 2))
  return (part.ratio - 1) / Math.hypot(Math.sqrt((1 - share) / (share * arrivals)), conversionError)
}

/** How clearly a stretch shows a loss; of those without, the longest. */
function strength({ losing, attribution, minutes }: Loss): number {
  const [top] = losing
  if (!top) return minutes / 1e6
  return (-top.change / Math.max(attribution.expected, 1e-9)) * Math.sqrt(minutes)
}
