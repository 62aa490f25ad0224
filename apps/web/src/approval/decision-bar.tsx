'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Check, X } from 'lucide-react'
import { toast } from 'sonner'
import { useApi } from '../ui/api.tsx'
import { Button, ButtonLink } from '../ui/button.tsx'
import { useNow } from '../ui/now.ts'
import { readProblem } from '../ui/problem.ts'
import { useSession } from '../ui/session.ts'
import type { ApprovalDetail } from './shown-plan.ts'

export interface DecisionBarProps {
  /** As it is shown above: exactly its plans are decided on. */
  approval: ApprovalDetail
  /** The server has other plans by now. */
  changed: boolean
  comment: string
  /** As it is filled in; the server checks it. */
  form: Record<string, unknown>
  /** Shows what the server has now; ends when it is shown. */
  reload: () => Promise<void>
}

/** Approve or reject exactly the plan that is shown: its hashes go along, and another plan by then is not decided on. */
export function DecisionBar({ approval, changed, comment, form, reload }: DecisionBarProps) {
  const api = useApi()
  const client = useQueryClient()
  const { lacks, user } = useSession()
  const now = useNow()
  const missing = approval.needed - approval.decisions.length
  const decide = useMutation(
    api.approvals.decide.mutationOptions({
      onSuccess: (_answer, { decision }) =>
        toast.success(
          decision === 'rejected'
            ? 'Rejected: nothing is done'
            : missing > 1
              ? `Approved: ${missing - 1} more must say yes`
              : 'Approved: it is carried out now',
        ),
      onSettled: async () => {
        await client.invalidateQueries({ queryKey: api.approvals.pathKey() })
        await client.invalidateQueries({ queryKey: api.runs.pathKey() })
      },
    }),
  )
  if (approval.status !== 'waiting' || Date.parse(approval.expiresAt) <= now) {
    return (
      <ButtonLink href={`/runs/${approval.runId}`} size="large" className="w-full">
        Back to the run
      </ButtonLink>
    )
  }
  const problem = decide.error
    ? readProblem(decide.error)
    : changed
      ? {
          message: 'There is another plan by now.',
          fix: 'What you see is the one from before. Read the new one first.',
        }
      : null
  const refused = approval.plans.flatMap(({ guards }) => guards).find(({ pass }) => !pass)
  const why = lacks('operator')
  const already = user !== null && approval.people.saidYes.includes(user.email)
  const stranger = user !== null && approval.approvers.length > 0 && !approval.approvers.includes(user.email)
  const own = !approval.allowRequester && user !== null && approval.people.requester === user.email
  const wrote = !approval.allowRequester && user !== null && approval.people.authors.includes(user.email)
  const whyNotApprove =
    why ??
    (own
      ? 'You asked for this run, and its runbook wants another person to approve.'
      : wrote
        ? 'You wrote this version of the runbook, and another person has to approve what it does.'
        : already
          ? 'You have said yes. Others must say so too.'
          : stranger
            ? `Only ${approval.approvers.join(', ')} may approve this.`
            : refused
              ? `${refused.name}: ${refused.detail}`
              : null)
  const stale = changed ? 'Load the new plan and read it first.' : null
  const send = (decision: 'approved' | 'rejected') => (): void =>
    decide.mutate({
      runId: approval.runId,
      stepId: approval.stepId,
      decision,
      hashes: approval.plans.map(({ hash }) => hash),
      ...(comment.trim() ? { comment: comment.trim() } : {}),
      ...(decision === 'approved' && Object.keys(form).length > 0 ? { form } : {}),
    })
  return (
    <section aria-label="Decide" className="space-y-2">
      {problem && (
        <div role="alert" className="rounded-lg bg-abnormal-tint px-3 py-2">
          <p className="font-semibold">{problem.message}</p>
          <p>{problem.fix}</p>
          <button
            type="button"
            className="mt-1 font-semibold underline underline-offset-2"
            onClick={() => void reload().then(() => decide.reset())}
          >
            Load it again
          </button>
        </div>
      )}
      {whyNotApprove && <p className="text-sm text-abnormal">{whyNotApprove}</p>}
      <div className="grid grid-cols-[2fr_3fr] gap-3">
        <Button
          size="large"
          icon={<X aria-hidden className="size-4" />}
          disabledReason={why ?? stale}
          busy={decide.isPending && decide.variables?.decision === 'rejected'}
          onClick={send('rejected')}
        >
          Reject
        </Button>
        <Button
          size="large"
          variant="primary"
          icon={<Check aria-hidden className="size-4" />}
          disabledReason={whyNotApprove ?? stale}
          busy={decide.isPending && decide.variables?.decision === 'approved'}
          onClick={send('approved')}
        >
          {approval.plans.length === 0 ? 'Approve' : 'Approve this plan'}
        </Button>
      </div>
    </section>
  )
}
