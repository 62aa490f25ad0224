/** Causes of all steps, as one list; and what one finding says of another cause, since each step sees its own part only. */
import type { Hypothesis } from '../flow/step.ts'
import type { Findings } from './conclude-findings.ts'

/** Likeliest first. Equal keys are one cause; so are equal sentences, of which the likelier key stays. What is ruled out comes last. */
export function mergeHypotheses(all: readonly Hypothesis[]): Hypothesis[] {
  const byKey = mergeBy(all, ({ key }) => key)
  const possible = mergeBy(
    byKey.filter(({ likelihood }) => likelihood !== 0),
    ({ cause }) => cause,
  )
  return [
    ...possible.toSorted((a, b) => b.likelihood - a.likelihood || (a.key < b.key ? -1 : 1)),
    ...byKey.filter(({ likelihood }) => likelihood === 0),
  ]
}

function mergeBy(all: readonly Hypothesis[], identity: (one: Hypothesis) => string): Hypothesis[] {
  return [...Map.groupBy(all, identity).values()].map((same) => {
    const [first, ...others] = same.toSorted((a, b) => b.likelihood - a.likelihood)
    return others.reduce(
      (merged, { supports, against }) => ({
        ...merged,
        supports: [...new Set([...merged.supports, ...supports])],
        against: [...new Set([...merged.against, ...against])],
      }),
      first!,
    )
  })
}

/** A place that is at least so likely is taken as found. */
const foundLikelihood = 0.6
const loadTestLikelihood = 0.78

/** A part of what is abnormal explains the whole of it; a change that touches what fails explains it; a load test explains a surplus. */
export function weighHypotheses(all: readonly Hypothesis[], findings: Findings): Hypothesis[] {
  return surplusByLoadTest(partOfDependency(all, findings), findings)
}

/** One host of a dependency is the cause of that dependency being abnormal; so is a change of it. */
function partOfDependency(all: readonly Hypothesis[], { place, changes }: Findings): Hypothesis[] {
  const part = place === null ? undefined : all.find((one) => isPlace(one) && one.cause === place.cause)
  const owner = part && part.likelihood >= foundLikelihood ? place?.entity : undefined
  const whole = all.find(
    ({ key, likelihood }) => key === `dependency:${owner ?? changes?.entity ?? ''}` && likelihood > 0,
  )
  if (whole === undefined) return [...all]
  return all.map((one) => {
    if (owner && one === whole && part)
      return { ...one, likelihood: one.likelihood / 2, against: [...one.against, `only a part of it: ${part.cause}`] }
    if (owner && one === part) return supported(one, Math.max(one.likelihood, whole.likelihood), whole)
    // The change speaks of why; what it did is what speaks for it.
    if (one.kind === 'change' && one.likelihood >= foundLikelihood && one.likelihood < whole.likelihood)
      return supported(one, Math.min(0.97, whole.likelihood + 0.03), whole)
    return one
  })
}

const isPlace = ({ kind }: Hypothesis): boolean => kind === 'host' || kind === 'zone' || kind === 'version'

const supported = (one: Hypothesis, likelihood: number, by: Hypothesis): Hypothesis => ({
  ...one,
  likelihood,
  supports: [...one.supports, ...by.supports],
})

/** More traffic than usual while a load test is under way is that load test. */
function surplusByLoadTest(all: readonly Hypothesis[], { changes }: Findings): Hypothesis[] {
  const surge = all.find(({ key, likelihood }) => key.startsWith('surge:') && likelihood > 0)
  const test = changes?.ranked.find(({ kind, score }) => kind === 'load-test' && score !== null)
  if (!surge || !test) return [...all]
  const against = `${test.id} brings it: ${test.title}`
  return all.map((one) => {
    if (one.key === `change:${test.id}`) return supported(one, Math.max(one.likelihood, loadTestLikelihood), surge)
    return one === surge ? { ...one, likelihood: one.likelihood / 2, against: [...one.against, against] } : one
  })
}
