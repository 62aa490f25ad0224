'use client'
/** What can be done about it: the plan that waits for a yes, the actions that were taken, or the runbook that the report suggests. */
import { useState } from 'react'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { useMutation } from '@tanstack/react-query'
import { useApi } from '../ui/api.tsx'
import { Badge } from '../ui/badge.tsx'
import { Button, ButtonLink } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Facts } from '../ui/panel.tsx'
import { personName } from '../ui/person-name.ts'
import { reportProblem } from '../ui/report-problem.ts'
import { useSession } from '../ui/session.ts'
import { Countdown, Time } from '../ui/time.tsx'
import type { ReportView } from './content/report-view.ts'
import { consequenceOf, type RunDetail, waitingApproval } from './run-view-model.ts'

type Suggested = NonNullable<ReportView['nextAction']>

export function NextAction({ run, view }: { run: RunDetail; view: ReportView }) {
  const approval = waitingApproval(run)
  if (approval) return <WaitingPlan run={run} approval={approval} suggested={view.nextAction} />
  return (
    <>
      {run.actions.length > 0 && <TakenActions run={run} />}
      {run.actions.length === 0 && <EndedAsking run={run} />}
      {view.nextAction && run.actions.length === 0 && <SuggestedAction suggested={view.nextAction} />}
    </>
  )
}

interface WaitingPlanProps {
  run: RunDetail
  approval: NonNullable<ReturnType<typeof waitingApproval>>
  suggested: Suggested | null
}

function WaitingPlan({ run, approval, suggested }: WaitingPlanProps) {
  const [plan] = approval.plans
  const refused = approval.plans.some(({ guards }) => guards.some(({ pass }) => !pass))
  const consequence = refused ? ['a guard refuses it now'] : consequenceOf(approval)
  const shown = consequence.length > 0 || !suggested?.consequence ? consequence : [suggested.consequence]
  return (
    <div className="mt-4 flex flex-wrap items-center gap-x-3 gap-y-2">
      <ButtonLink
        variant="primary"
        className="max-w-full max-sm:h-auto max-sm:min-h-11 max-sm:py-2 max-sm:whitespace-normal"
        href={`/approvals/${run.id}/${encodeURIComponent(approval.stepId)}`}
      >
        Review plan{plan ? `: ${shortTitle(plan.title)}` : ''}
      </ButtonLink>
      <span className="min-w-0 text-sm text-second">
        {shown.map((each) => `${each} · `)}
        asked until <Time at={approval.expiresAt} />, <Countdown until={approval.expiresAt} /> left
      </span>
    </div>
  )
}

/** What people were asked and how that ended, where nothing came of it. */
function EndedAsking({ run }: { run: RunDetail }) {
  const asked = run.approvals.filter(({ status }) => status === 'rejected' || status === 'expired')
  if (asked.length === 0) return null
  return (
    <ul className="mt-3 space-y-1">
      {asked.map((approval) => (
        <li key={approval.id} className="flex flex-wrap items-center gap-x-2">
          <Badge tone="neutral">{approval.status === 'rejected' ? 'rejected' : 'nobody decided in time'}</Badge>
          <Link
            className="inline-flex items-center font-medium underline-offset-2 hover:underline max-sm:min-h-11"
            href={`/approvals/${run.id}/${encodeURIComponent(approval.stepId)}`}
          >
            {approval.plans[0]?.title ?? approval.question}
          </Link>
          {approval.decidedBy && <span className="text-sm text-second">by {personName(approval.decidedBy)}</span>}
        </li>
      ))}
    </ul>
  )
}

function TakenActions({ run }: { run: RunDetail }) {
  return (
    <ul className="mt-4 space-y-1">
      {run.actions.map((action) => (
        <li key={action.id} className="flex flex-wrap items-center gap-2">
          <Badge tone={action.status === 'done' ? 'normal' : action.status === 'unknown' ? 'inconclusive' : 'neutral'}>
            {action.status}
          </Badge>
          <Link
            className="inline-flex items-center font-medium underline-offset-2 hover:underline max-sm:min-h-11"
            href={`/actions/${action.id}`}
          >
            {action.title}
          </Link>
          {action.status === 'done' && action.leaseUntil && (
            <span className="text-sm text-second">
              reverts in <Countdown until={action.leaseUntil} />
            </span>
          )}
        </li>
      ))}
    </ul>
  )
}

/** Starting the runbook is asked for twice: here, with what it does, and by its own approvals. */
function SuggestedAction({ suggested }: { suggested: Suggested }) {
  const api = useApi()
  const router = useRouter()
  const { lacks } = useSession()
  const [open, setOpen] = useState(false)
  const start = useMutation(
    api.runs.start.mutationOptions({
      onSuccess: ({ runId }) => router.push(`/runs/${runId}`),
      onError: reportProblem('The runbook did not start'),
    }),
  )
  const { title, consequence, runbook, params } = suggested
  if (runbook === null) return <SuggestedText suggested={suggested} />
  return (
    <div className="mt-4 flex flex-wrap items-center gap-x-3 gap-y-2">
      <Button
        variant="primary"
        className="max-w-full max-sm:h-auto max-sm:min-h-11 max-sm:py-2 max-sm:whitespace-normal"
        disabledReason={lacks('operator')}
        onClick={() => setOpen(true)}
      >
        {title}…
      </Button>
      <span className="min-w-0 text-sm text-second">{consequence}</span>
      <Dialog
        open={open}
        onOpenChange={setOpen}
        title={title}
        description={consequence}
        footer={
          <>
            <Button onClick={() => setOpen(false)}>Not now</Button>
            <Button variant="primary" busy={start.isPending} onClick={() => start.mutate({ name: runbook, params })}>
              Start {runbook}
            </Button>
          </>
        }
      >
        <Facts
          items={[
            {
              label: 'runbook',
              value: (
                <Link className="underline" href={`/runbooks/${runbook}`}>
                  {runbook}
                </Link>
              ),
            },
            ...Object.entries(params).map(([label, value]) => ({ label, value })),
          ]}
        />
        <p className="mt-3 text-sm text-third">Where it changes something outside, it asks for approval first.</p>
      </Dialog>
    </div>
  )
}

/** The suggestion in words only: on frozen reports, and where no runbook does it. */
export function SuggestedText({ suggested }: { suggested: Suggested }) {
  return (
    <p className="mt-3 max-w-[80ch] text-pretty">
      <b className="font-semibold">Next: {suggested.title}.</b>{' '}
      <span className="text-second">{suggested.consequence}</span>
    </p>
  )
}

/** "Switch payment traffic from zone A to zone B for 30 min" -> "switch payment traffic A → B". */
function shortTitle(title: string): string {
  const short = title.replace(/ for \d+ (min|s)$/, '').replace(/from zone (\S+) to zone (\S+)/, '$1 → $2')
  return short.charAt(0).toLowerCase() + short.slice(1)
}
