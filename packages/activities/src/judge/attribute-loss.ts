/** Which part of a chain's loss each step has, over the stretch before asOf in which it shows most. */
import { attributeChainLoss, type Attribution, type AttributionPart } from '@tenon/analysis'
import { isDown, type JudgedChain, type JudgedStep } from './judge-chain.ts'
import { meanOver } from './mean-over.ts'
import { usualConversion } from './usual-conversion.ts'

const minute = 60_000
const stretches = [3, 5, 10, 15, 30, 60]
/** Several stretches and steps are looked at, so that one alone must show more than the usual three standard deviations. */
const criticalScore = 4
/** Below this nothing is remarkable. */
const usualScore = 2
/** Conversions wander little; the same figure as in `attributeChainLoss`. */
const conversionError = 0.005
/** Minutes at the end of a stretch that can show that its loss is over; the same idea as in `detect`. */
const newestStretches = [3, 5, 8]

export interface Loss {
  attribution: Attribution
  minutes: number
  /** Events that reached each part, over the stretch; of the source, those that it sent. */
  arrivals: number[]
  /** Steps after the source that lose beyond noise, greatest first. */
  losing: AttributionPart[]
}

/** Null when the volume of the source or the last step is not known. */
export function attributeLoss(chain: JudgedChain, asOf: number, windowMinutes: number): Loss | null {
  const lengths = [...stretches.filter((length) => length < windowMinutes), windowMinutes]
  const over = [...new Set([...newestStretches, ...lengths])].flatMap(
    (length) => attributeOver(chain, asOf, length) ?? [],
  )
  const newest = over.filter(({ minutes }) => newestStretches.includes(minutes))
  const all = over.filter(({ minutes }) => lengths.includes(minutes)).map((loss) => withoutRecovered(loss, newest))
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
  const arrivals = steps.map(({ actual }, index) => (steps[index - 1]?.actual ?? actual ?? 0) * minutes)
  const parts = attribution.parts.map((part, index) => {
    // The source has a judgement of its own, on every stretch and with its own noise.
    if (index === 0) return { ...part, verdict: sourceVerdict(chain.source) }
    const isNoise = part.verdict === 'abnormal' && Math.abs(scoreOf(part, arrivals[index] ?? 0)) < criticalScore
    return isNoise
      ? { ...part, verdict: 'normal' as const, reason: part.reason.replace('lost beyond noise', 'within noise') }
      : part
  })
  return { attribution: { ...attribution, parts }, minutes, arrivals, losing: losingOf(parts) }
}

const losingOf = (parts: AttributionPart[]): AttributionPart[] =>
  parts.filter((part, index) => index > 0 && part.verdict === 'abnormal').toSorted((a, b) => a.change - b.change)

/** An earlier incident that ended within the stretch has lost events, but nothing loses them now. */
function withoutRecovered(loss: Loss, newest: Loss[]): Loss {
  const parts = loss.attribution.parts.map((part, index) => {
    if (index === 0 || part.verdict !== 'abnormal') return part
    const recovered = newest.find((recent) => recent.minutes < loss.minutes - 1 && isOver(loss, recent, index))
    return recovered === undefined
      ? part
      : { ...part, verdict: 'normal' as const, reason: `lost earlier, recovered for ${String(recovered.minutes)} min` }
  })
  return { ...loss, attribution: { ...loss.attribution, parts }, losing: losingOf(parts) }
}

/** The newest minutes convert as usual, and clearly better than the minutes before them. */
function isOver(whole: Loss, recent: Loss, index: number): boolean {
  const [all, now] = [whole.attribution.parts[index]?.ratio ?? null, recent.attribution.parts[index]]
  const arrivals = recent.arrivals[index] ?? 0
  if (all === null || now === undefined || now.ratio === null || arrivals <= 0) return false
  const before = (all * whole.minutes - now.ratio * recent.minutes) / (whole.minutes - recent.minutes)
  const score = scoreOf(now, arrivals)
  const isUsual = Math.abs(score) < usualScore && 1 - now.ratio < (1 - before) / 3
  return isUsual && (now.ratio - before) / ratioError(now, arrivals) > 3
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
  return (part.ratio - 1) / ratioError(part, arrivals)
}

/** Standard deviation of actual over expected conversion: binomial, and how conversions wander. */
function ratioError({ expectedConversion }: AttributionPart, arrivals: number): number {
  const share = Math.min(Math.max(expectedConversion ?? 0, 1e-6), 1 - 1 / (arrivals + 2))
  return Math.hypot(Math.sqrt((1 - share) / (share * arrivals)), conversionError)
}

/** How clearly a stretch shows a loss; of those without, the longest. */
function strength({ losing, attribution, minutes }: Loss): number {
  const [top] = losing
  if (!top) return minutes / 1e6
  return (-top.change / Math.max(attribution.expected, 1e-9)) * Math.sqrt(minutes)
}
