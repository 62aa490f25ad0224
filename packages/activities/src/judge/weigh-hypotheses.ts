/**
 * What one finding says of another cause: each step sees its own part only. Rules, each with its reason in the hypothesis, so that people can follow:
 * a part of what is abnormal explains the whole of it; a change that touches what fails explains it; a load test explains a surplus. Pure.
 */
import type { Hypothesis } from '@tenon/runbook'
import type { Findings } from './findings.ts'

/** A place that is at least so likely is taken as found. */
const foundLikelihood = 0.6
const loadTestLikelihood = 0.78

export function weighHypotheses(all: readonly Hypothesis[], findings: Findings): Hypothesis[] {
  return surplusByLoadTest(partOfDependency(all, findings), findings)
}

/** One host of a dependency is the cause of that dependency being abnormal; so is a change of it. */
function partOfDependency(all: readonly Hypothesis[], { place, changes }: Findings): Hypothesis[] {
  const part = place === null ? undefined : all.find((one) => isPlace(one) && one.cause === place.cause)
  const owner = part && part.likelihood >= foundLikelihood ? place?.entity : undefined
  const suspect = changes?.entity
  return all.map((one) => {
    const whole = all.find(({ key, likelihood }) => key === `dependency:${owner ?? suspect ?? ''}` && likelihood > 0)
    if (whole === undefined) return one
    if (owner && one === whole && part)
      return { ...one, likelihood: one.likelihood / 2, against: [...one.against, `only a part of it: ${part.cause}`] }
    if (owner && one === part)
      return {
        ...one,
        likelihood: Math.max(one.likelihood, whole.likelihood),
        supports: [...one.supports, ...whole.supports],
      }
    // The change speaks of why; what it did is what speaks for it.
    if (one.kind === 'change' && one.likelihood >= foundLikelihood && one.likelihood < whole.likelihood)
      return {
        ...one,
        likelihood: Math.min(0.97, whole.likelihood + 0.03),
        supports: [...one.supports, ...whole.supports],
      }
    return one
  })
}

const isPlace = ({ kind }: Hypothesis): boolean => kind === 'host' || kind === 'zone' || kind === 'version'

/** More traffic than usual while a load test is under way is that load test. */
function surplusByLoadTest(all: readonly Hypothesis[], { changes }: Findings): Hypothesis[] {
  const surge = all.find(({ key, likelihood }) => key.startsWith('surge:') && likelihood > 0)
  const test = changes?.ranked.find(({ kind, score }) => kind === 'load-test' && score !== null)
  if (!surge || !test) return [...all]
  return all.map((one) => {
    if (one.key === `change:${test.id}`)
      return {
        ...one,
        likelihood: Math.max(one.likelihood, loadTestLikelihood),
        supports: [...one.supports, ...surge.supports],
      }
    return one === surge
      ? { ...one, likelihood: one.likelihood / 2, against: [...one.against, `${test.id} brings it: ${test.title}`] }
      : one
  })
}
