'use client'
import { useState } from 'react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Check, X } from 'lucide-react'
import { toast } from 'sonner'
import { useApi } from '../ui/api.tsx'
import { Button, ButtonLink } from '../ui/button.tsx'
import { Field, TextArea } from '../ui/field.tsx'
import { useNow } from '../ui/now.ts'
import { readProblem } from '../ui/problem.ts'
import { useSession } from '../ui/session.ts'
import type { ApprovalDetail } from './approval-page.tsx'

/** Approve or reject exactly the plan that is shown: its hashes go along, and another plan by then is not decided on. */
export function DecisionBar({ approval, reload }: { approval: ApprovalDetail; reload: () => void }) {
  const api = useApi()
  const client = useQueryClient()
  const { lacks, user } = useSession()
  const now = useNow()
  const [comment, setComment] = useState('')
  const decide = useMutation(
    api.approvals.decide.mutationOptions({
      onSuccess: (_answer, { decision }) =>
        toast.success(decision === 'approved' ? 'Approved: it is carried out now' : 'Rejected: nothing is done'),
      onSettled: async () => {
        await client.invalidateQueries({ queryKey: api.approvals.pathKey() })
        await client.invalidateQueries({ queryKey: api.runs.pathKey() })
      },
    }),
  )
  const back = (
    <ButtonLink href={`/runs/${approval.runId}`} size="large" className="w-full">
      Back to the run
    </ButtonLink>
  )
  if (approval.status !== 'waiting') return back
  const over = Date.parse(approval.expiresAt) <= now
  if (over) return back
  const problem = decide.error ? readProblem(decide.error) : null
  const refused = approval.plans.flatMap(({ guards }) => guards).find(({ pass }) => !pass)
  const why = lacks('operator')
  const own = !approval.allowRequester && user !== null && approval.run.requestedBy === user.email
  const whyNotApprove =
    why ??
    (own
      ? 'You asked for this run, and its runbook wants another person to approve.'
      : refused
        ? `${refused.name}: ${refused.detail}`
        : null)
  const send = (decision: 'approved' | 'rejected') => (): void =>
    decide.mutate({
      runId: approval.runId,
      stepId: approval.stepId,
      decision,
      hashes: approval.plans.map(({ hash }) => hash),
      ...(comment.trim() ? { comment: comment.trim() } : {}),
    })
  return (
    <section aria-label="Decide" className="space-y-3">
      <Field label="Comment" optional>
        {(control) => (
          <TextArea
            {...control}
            rows={2}
            maxLength={4000}
            value={comment}
            onChange={(event) => setComment(event.target.value)}
          />
        )}
      </Field>
      {problem && (
        <div role="alert" className="rounded-lg bg-abnormal-tint px-3 py-2">
          <p className="font-semibold">{problem.message}</p>
          <p>{problem.fix}</p>
          <button type="button" className="mt-1 font-semibold underline underline-offset-2" onClick={reload}>
            Load it again
          </button>
        </div>
      )}
      {whyNotApprove && <p className="text-sm text-abnormal">{whyNotApprove}</p>}
      <div className="grid grid-cols-2 gap-3">
        <Button
          size="large"
          icon={<X aria-hidden className="size-4" />}
          disabledReason={why}
          busy={decide.isPending && decide.variables?.decision === 'rejected'}
          onClick={send('rejected')}
        >
          Reject
        </Button>
        <Button
          size="large"
          variant="primary"
          icon={<Check aria-hidden className="size-4" />}
          disabledReason={whyNotApprove}
          busy={decide.isPending && decide.variables?.decision === 'approved'}
          onClick={send('approved')}
        >
          Approve<span className="max-sm:hidden"> this plan</span>
        </Button>
      </div>
    </section>
  )
}
