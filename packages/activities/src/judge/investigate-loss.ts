/** Everything that is asked once a step is known to lose: since when, where, and whether what it depends on is well. */
import { indexModel, type DataService } from '@tenon/data'
import type { Hypothesis } from '@tenon/runbook'
import type { LocalisedPlace } from '../nodes/judge/chain-loss-output.ts'
import { attributeOver, type Loss } from './attribute-loss.ts'
import { fetchAndJudge, type Judged } from './fetch-and-judge.ts'
import type { JudgedChain, JudgedStep } from './judge-chain.ts'
import { dependencyHypotheses, judgeDependencies, type JudgedDependency } from './judge-dependencies.ts'
import { localiseLoss, type LossPlace } from './localise-loss.ts'
import { lossOnset } from './loss-onset.ts'
import { placeHypotheses, placeOf } from './loss-place.ts'
import { meanOver } from './mean-over.ts'
import { percent } from './figures.ts'
import { areSlower, findSlowParts } from './slow-parts.ts'
import { headOf, successMeasures } from './success-measures.ts'

const minute = 60_000
/** A zone counts as slow when its requests take so many times what they took in the hour before. */
const slowFactor = 1.5

export interface Investigation {
  losing: JudgedStep
  /** Attribution over the time since the onset. */
  loss: Loss
  onset: number
  /** False when nobody can say when it began: `onset` is then only the beginning of what was compared. */
  isOnsetKnown: boolean
  rate: Judged | null
  place: LossPlace | null
  localised: LocalisedPlace | null
  dependencies: JudgedDependency[]
  hypotheses: Hypothesis[]
}

export async function investigateLoss(
  data: DataService,
  chain: JudgedChain,
  given: { loss: Loss; losingId: string; windowMinutes: number; asOf: number },
): Promise<Investigation | null> {
  const { asOf, windowMinutes, losingId } = given
  const index = chain.steps.findIndex(({ step }) => step.id === losingId)
  const losing = chain.steps[index]
  if (!losing) return null
  const before = chain.steps[index - 1] ?? chain.source
  const success = successMeasures(data.model, headOf(losing.step.measure))
  const [rate, dependencies] = await Promise.all([
    success === null ? null : fetchAndJudge(data, { measure: success.rate, windowMinutes, asOf }),
    judgeDependencies(data, losing.step.entity, { windowMinutes, asOf }),
  ])
  const began = lossOnset({ before, here: losing, rate }, { asOf, stretchMinutes: given.loss.minutes })
  const onset = began.at
  const minutes = Math.min(windowMinutes, Math.max(2, (asOf - onset) / minute))
  const loss = withLosing(attributeOver(chain, asOf, Math.round(minutes * 2) / 2), given.loss)
  const [place, slowZones, slowHosts] =
    success === null
      ? [null, new Set<string>(), null]
      : await Promise.all([
          localiseLoss(data, success, { onset: began, asOf }),
          findSlowZones(data, losing, { onset, asOf, hasZones: success.dimensions.includes('zone') }),
          findSlowParts(data, losing.step.entity, { dimension: 'host', onset: began, asOf }),
        ])
  const localised = place === null ? null : placeOf(place)
  const isSlowZone = localised?.zone !== undefined && localised.zone !== null && slowZones.has(localised.zone)
  const isSlow = isSlowZone || areSlower(slowHosts, localised?.hosts ?? [])
  const places = place === null ? [] : placeHypotheses(losing.step.entity, place, localised, isSlow)
  const placeText = place?.localisation.best?.text ?? null
  const causes = [...places, ...dependencyHypotheses(dependencies, { onset, placeText })]
  const hypotheses = causes.some(({ likelihood }) => likelihood >= 0.5)
    ? causes
    : [stepHypothesis(losing, loss, place), ...causes]
  return { losing, loss, onset, isOnsetKnown: began.isKnown, rate, place, localised, dependencies, hypotheses }
}

/** The stretch since the onset is the better measure; the one that showed the loss stands in when it shows none. */
function withLosing(since: Loss | null, found: Loss): Loss {
  return since !== null && since.losing.length > 0 ? since : found
}

async function findSlowZones(
  data: DataService,
  { step }: JudgedStep,
  { onset, asOf, hasZones }: { onset: number; asOf: number; hasZones: boolean },
): Promise<Set<string>> {
  if (!hasZones) return new Set()
  const measures = indexModel(data.model).measuresUnder(headOf(step.measure))
  const latency = measures.find(
    ({ measure: { unit, kind } }) => unit === 's' && (kind === 'ratio' || kind === 'histogram'),
  )
  if (!latency) return new Set()
  const from = onset - 60 * minute
  const answer = await data.data({
    measure: latency.ref,
    groupBy: ['zone'],
    from,
    to: asOf,
    stepSeconds: 60,
    asOf,
  })
  const slow = answer.series.filter(({ points }) => {
    const usual = meanOver(points, from, onset - 2 * minute)
    const now = meanOver(points, Math.min(onset + minute, asOf - 2 * minute), asOf)
    return usual !== null && now !== null && now >= slowFactor * usual
  })
  return new Set(slow.map(({ dimensions }) => dimensions['zone'] ?? ''))
}

/** Nothing explains it yet: the step itself is all that can be named. */
function stepHypothesis({ step }: JudgedStep, loss: Loss, place: LossPlace | null): Hypothesis {
  const part = loss.attribution.parts.find(({ id }) => id === step.id)
  const ratio = part?.ratio ?? null
  const spread = place?.localisation.status === 'spread' ? ', spread over all its hosts' : ''
  return {
    kind: 'step',
    key: `step:${step.entity}`,
    cause: `${step.entity} completes ${ratio === null ? 'fewer' : `${percent(1 - ratio)} fewer`} of its requests${spread}`,
    likelihood: 0.4,
    supports: part ? [part.reason] : [],
    against: ['what makes it fail was not found'],
  }
}
