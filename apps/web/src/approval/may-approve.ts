/** Who may say yes, as the server will judge it; so that people are told before they press. Pure. */
import type { ApprovalDetail } from './shown-plan.ts'

type Asked = Pick<ApprovalDetail, 'allowRequester' | 'approvers' | 'people'>

/** Why this person may not approve; null when they may. */
export function whyNotApprove({ allowRequester, approvers, people }: Asked, email: string): string | null {
  if (!allowRequester && people.requester === email)
    return 'You asked for this run, and its runbook wants another person to approve. You can reject it.'
  if (!allowRequester && people.authors.includes(email))
    return 'You wrote what this run does, and another person has to approve it. You can reject it.'
  if (people.saidYes.includes(email)) return 'You have said yes. Others must say so too.'
  if (approvers.length > 0 && !approvers.includes(email)) return `Only ${approvers.join(', ')} may approve this.`
  return null
}
