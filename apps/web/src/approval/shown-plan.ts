/** A person decides on what they saw, whatever the server has learned since. Pure. */
import type { Outputs } from '../ui/api.tsx'

export type ApprovalDetail = Outputs['approvals']['get']
type Asked = Pick<ApprovalDetail, 'status'> & { plans: readonly Pick<ApprovalDetail['plans'][number], 'hash'>[] }

/**
 * What to show and to decide on: the newest answer, except that plans other than those shown first never take their place by
 * themselves. `changed` says that there are such; they are shown when the person asks for them.
 */
export function keepShownPlans<Approval extends Asked>(
  shown: Approval,
  latest: Approval,
): { approval: Approval; changed: boolean } {
  // Nothing is left to decide: what was decided on is what the newest answer says.
  if (latest.status !== 'waiting') return { approval: latest, changed: false }
  return samePlans(shown, latest) ? { approval: latest, changed: false } : { approval: shown, changed: true }
}

/** The hash covers all of a plan that is carried out, and the order of plans is the order in which they are. */
function samePlans(one: Asked, other: Asked): boolean {
  return (
    one.plans.length === other.plans.length && one.plans.every(({ hash }, index) => hash === other.plans[index]?.hash)
  )
}
