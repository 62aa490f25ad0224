/** Back to a template of pods that a deployment had before. Its revision gets a new number, so what is set is the template itself. */
import type { TargetState } from '../driver.ts'
import type { ActionRequest } from '../request.ts'
import { minutes, type Draft } from './draft.ts'
import { planValues } from './values.ts'

type RollBackRequest = Extract<ActionRequest, { kind: 'roll-back' }>

export function planRollBack({ revision, leaseSeconds }: RollBackRequest, state: TargetState, title: string): Draft {
  const kept = revisionsOf(state)
  const now = state.values['template'] ?? null
  // "The one before" is the newest that differs from what runs.
  const wanted =
    revision === null ? kept.find(({ template }) => template !== now) : kept.find((one) => one.revision === revision)
  const name = revision === null ? 'the revision before' : `revision ${revision}`
  const draft = planValues(
    state,
    { template: wanted?.template ?? now },
    { title: `Roll ${title} back to ${wanted ? `revision ${wanted.revision}` : name} for ${minutes(leaseSeconds)}` },
  )
  return {
    ...draft,
    guards: [
      ...draft.guards,
      {
        name: 'The revision is kept',
        pass: wanted !== undefined,
        detail: wanted
          ? `Revision ${wanted.revision} of ${kept.map((one) => one.revision).join(', ')}`
          : `${name} is not among those that are kept: ${kept.map((one) => one.revision).join(', ') || 'none'}`,
      },
    ],
  }
}

/** Newest first. */
function revisionsOf(state: TargetState): { revision: number; template: string }[] {
  return Object.entries(state.values)
    .flatMap(([name, value]) => {
      const revision = Number(/^template:(\d+)$/.exec(name)?.[1] ?? NaN)
      return Number.isInteger(revision) && typeof value === 'string' ? [{ revision, template: value }] : []
    })
    .toSorted((a, b) => b.revision - a.revision)
}
