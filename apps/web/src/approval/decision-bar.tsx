'use client'
import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Check, X } from 'lucide-react'
import { toast } from 'sonner'
import { useApi } from '../ui/api.tsx'
import { Button, ButtonLink } from '../ui/button.tsx'
import { Field, TextArea } from '../ui/field.tsx'
import { useNow } from '../ui/now.ts'
import { readProblem } from '../ui/problem.ts'
import { useSession } from '../ui/session.ts'
import { whyNotApprove } from './may-approve.ts'
import { failingGuards } from './plan-words.ts'
import type { ApprovalDetail } from './shown-plan.ts'

export interface DecisionBarProps {
  /** As it is shown above: exactly its plans are decided on. */
  approval: ApprovalDetail
  /** The server has other plans by now. */
  changed: boolean
  /** As it is filled in; the server checks it. */
  form: Record<string, unknown>
  /** Shows what the server has now; ends when it is shown. */
  reload: () => Promise<void>
}

type Choice = 'approved' | 'rejected'

/**
 * Approve or reject exactly the plan that is shown, in two steps: what was pressed turns the bar into its confirmation, in place. The plan's hashes go
 * along, and another plan by then is not decided on.
 */
export function DecisionBar({ approval, changed, form, reload }: DecisionBarProps) {
  const now = useNow()
  const { lacks, user } = useSession()
  const [choice, setChoice] = useState<Choice | null>(null)
  /** What was written to each, kept also when the other is looked at. */
  const [comments, setComments] = useState<Record<Choice, string>>({ approved: '', rejected: '' })
  const decide = useDecide(approval, () => setChoice(null))
  /** What was being confirmed: its button gets the focus back. */
  const left = useRef<Choice | null>(null)
  const approve = useRef<HTMLButtonElement>(null)
  const reject = useRef<HTMLButtonElement>(null)
  const load = useRef<HTMLButtonElement>(null)
  const leave = (): void => {
    setChoice(null)
    decide.reset()
  }
  // What is confirmed is what was read: another plan ends the confirmation.
  if (changed && choice !== null && !decide.isPending) setChoice(null)
  useEffect(() => {
    if (choice === null && left.current !== null) (left.current === 'approved' ? approve : reject).current?.focus()
    left.current = choice
  }, [choice])
  useEffect(() => {
    if (changed) load.current?.focus()
  }, [changed])

  if (approval.status !== 'waiting' || Date.parse(approval.expiresAt) <= now) {
    return (
      <ButtonLink href={`/runs/${approval.runId}`} size="large" className="w-full">
        Back to the run
      </ButtonLink>
    )
  }
  const send = (decision: Choice): void => {
    const comment = comments[decision].trim()
    decide.mutate({
      runId: approval.runId,
      stepId: approval.stepId,
      decision,
      hashes: approval.plans.map(({ hash }) => hash),
      ...(comment ? { comment } : {}),
      ...(decision === 'approved' && Object.keys(form).length > 0 ? { form } : {}),
    })
  }
  const why = lacks('operator')
  const failing = failingGuards(approval.plans)
  const refused =
    failing.length === 0
      ? null
      : `Approve is off: ${failing.length === 1 ? 'a guard refuses' : `${failing.length} guards refuse`} it, see above.`
  const whyNot = why ?? (user && whyNotApprove(approval, user.email)) ?? refused
  const stale = changed ? 'Load the new plan and read it first.' : null
  return (
    <section aria-label="Decide" className="space-y-2">
      {changed ? (
        <Notice
          message="There is another plan by now."
          fix="What you see is the one from before. Read the new one first."
        >
          <button
            ref={load}
            type="button"
            className="min-h-11 font-semibold underline underline-offset-2"
            onClick={() => void reload().then(leave)}
          >
            Load the new plan
          </button>
        </Notice>
      ) : (
        decide.error && <Notice {...undecided(decide.error)} />
      )}
      {choice === null || changed ? (
        <>
          {whyNot && <p className="text-sm text-abnormal">{whyNot}</p>}
          <div className="grid grid-cols-[2fr_3fr] gap-3">
            <Button
              ref={reject}
              size="large"
              icon={<X aria-hidden className="size-4" />}
              disabledReason={why ?? stale}
              onClick={() => setChoice('rejected')}
            >
              Reject
            </Button>
            <Button
              ref={approve}
              size="large"
              variant="primary"
              icon={<Check aria-hidden className="size-4" />}
              disabledReason={whyNot ?? stale}
              onClick={() => setChoice('approved')}
            >
              Approve
            </Button>
          </div>
        </>
      ) : (
        <Confirm
          key={choice}
          choice={choice}
          plans={approval.plans}
          busy={decide.isPending}
          comment={comments[choice]}
          setComment={(comment) => setComments({ ...comments, [choice]: comment })}
          send={() => send(choice)}
          back={leave}
        />
      )}
    </section>
  )
}

interface ConfirmProps {
  choice: Choice
  plans: ApprovalDetail['plans']
  busy: boolean
  comment: string
  setComment: (comment: string) => void
  send: () => void
  back: () => void
}

/** The second step. "Back" is where the first button was, so that a tap too many undoes and does not do. */
function Confirm({ choice, plans, busy, comment, setComment, send, back }: ConfirmProps) {
  const yes = useRef<HTMLButtonElement>(null)
  useEffect(() => yes.current?.focus(), [])
  const keys = (event: KeyboardEvent): void => {
    if (event.key === 'Escape' && !busy) back()
  }
  // A key that is still held down from the first step is no second step.
  const held = (event: KeyboardEvent): void => {
    if (event.repeat) event.preventDefault()
  }
  const approves = choice === 'approved'
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- Escape goes back from anywhere within.
    <div role="group" aria-label="Confirm" className="space-y-2" onKeyDown={keys}>
      <div id="confirm-what">
        {plans.map(({ hash, title, target }) => (
          <p key={hash} className="font-semibold text-pretty">
            {approves ? title : `Not: ${title}`}
            <span className="block text-sm font-normal text-third">
              {target} · plan <code className="font-mono text-xs">{hash.slice(7, 19)}</code>
            </span>
          </p>
        ))}
        {plans.length === 0 && (
          <p className="font-semibold">
            {approves ? 'The run goes on with your yes.' : 'The run goes on with your no.'}
          </p>
        )}
      </div>
      <Field label={approves ? 'Comment' : 'Reason'} optional>
        {(control) => (
          <TextArea
            {...control}
            className="w-full"
            rows={approves ? 1 : 2}
            maxLength={4000}
            value={comment}
            onChange={(event) => setComment(event.target.value)}
          />
        )}
      </Field>
      <Button
        ref={yes}
        size="large"
        className="w-full"
        variant={approves ? 'primary' : 'danger-solid'}
        icon={approves ? <Check aria-hidden className="size-4" /> : <X aria-hidden className="size-4" />}
        aria-describedby="confirm-what"
        busy={busy}
        onKeyDown={held}
        onClick={send}
      >
        {approves ? 'Yes, approve' : 'Yes, reject'}
      </Button>
      <Button size="large" className="w-full" disabledReason={busy && 'It is being decided.'} onClick={back}>
        Back
      </Button>
    </div>
  )
}

function Notice({ message, fix, children }: { message: string; fix: string; children?: ReactNode }) {
  return (
    <div role="alert" className="rounded-lg bg-abnormal-tint px-3 py-2">
      <p className="font-semibold">{message}</p>
      <p>{fix}</p>
      {children}
    </div>
  )
}

/** Why the decision did not get through, and that nothing is lost by it. */
function undecided(error: unknown): { message: string; fix: string } {
  const { code, message, fix } = readProblem(error)
  if (code !== 'server-unreachable') return { message, fix }
  return { message, fix: 'What you wrote is kept. Try again when it answers: the same decision twice counts once.' }
}

function useDecide(approval: ApprovalDetail, decided: () => void) {
  const api = useApi()
  const client = useQueryClient()
  const missing = approval.needed - approval.decisions.length
  return useMutation(
    api.approvals.decide.mutationOptions({
      onSuccess: (_answer, { decision }) => {
        decided()
        toast.success(
          decision === 'rejected'
            ? 'Rejected: nothing is done'
            : missing > 1
              ? `Approved: ${missing - 1} more must say yes`
              : 'Approved: it is carried out now',
        )
      },
      onSettled: async () => {
        await client.invalidateQueries({ queryKey: api.approvals.pathKey() })
        await client.invalidateQueries({ queryKey: api.runs.pathKey() })
      },
    }),
  )
}
