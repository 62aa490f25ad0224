'use client'
import { useState } from 'react'
import Link from 'next/link'
import { useQuery } from '@tanstack/react-query'
import { useApi } from '../ui/api.tsx'
import { Badge, VerdictChip } from '../ui/badge.tsx'
import { useNow } from '../ui/now.ts'
import { Panel } from '../ui/panel.tsx'
import { personName } from '../ui/person-name.ts'
import { type Crumb, Shell } from '../ui/shell.tsx'
import { ErrorState, LoadingRows } from '../ui/states.tsx'
import { Countdown, Time } from '../ui/time.tsx'
import { DecisionBar } from './decision-bar.tsx'
import { FormFields } from './form-fields.tsx'
import { PlanPanel, RefusedNow } from './plan-panel.tsx'
import { failingGuards } from './plan-words.ts'
import { type ApprovalDetail, keepShownPlans } from './shown-plan.ts'

/** What is asked, why, what exactly would change, and two large buttons. Phone first. */
export function ApprovalPage({ runId, stepId }: { runId: string; stepId: string }) {
  const api = useApi()
  const approval = useQuery(api.approvals.get.queryOptions({ runId, stepId }))
  const crumbs = [{ title: 'Runs', href: '/runs' }, { title: 'Run', href: `/runs/${runId}` }, { title: 'Approval' }]
  if (approval.data) {
    const load = async (): Promise<ApprovalDetail | null> => (await approval.refetch()).data ?? null
    return (
      <Loaded key={`${approval.data.id} ${approval.data.status}`} latest={approval.data} load={load} crumbs={crumbs} />
    )
  }
  return (
    <Shell crumbs={crumbs} width="narrow">
      <Panel flush>
        {approval.isError ? (
          <ErrorState
            what="The approval could not be loaded"
            error={approval.error}
            retry={() => void approval.refetch()}
          />
        ) : (
          <LoadingRows rows={6} label="Loading the plan" />
        )}
      </Panel>
    </Shell>
  )
}

interface LoadedProps {
  latest: ApprovalDetail
  load: () => Promise<ApprovalDetail | null>
  crumbs: Crumb[]
}

function Loaded({ latest, load, crumbs }: LoadedProps) {
  const [shown, setShown] = useState(latest)
  const [form, setForm] = useState<Record<string, unknown>>({})
  const { approval, changed } = keepShownPlans(shown, latest)
  const reload = async (): Promise<void> => {
    const loaded = await load()
    if (loaded) setShown(loaded)
  }
  const { run } = approval
  return (
    <Shell
      crumbs={crumbs}
      width="narrow"
      footer={
        <div className="mx-auto max-w-[560px]">
          <DecisionBar approval={approval} changed={changed} form={form} reload={reload} />
        </div>
      }
    >
      <div className="mx-auto max-w-[560px] space-y-4 pb-4">
        <header className="space-y-2">
          <output className="block">
            <StateLine approval={approval} />
          </output>
          <h2 className="text-2xl leading-tight font-bold text-pretty">{approval.question}</h2>
          <p className="text-second">
            {run.runbook.title}, asked for by {personName(run.requestedBy)}
            {run.environment !== 'production' && ` in ${run.environment}`}
          </p>
        </header>
        {approval.status === 'waiting' && (
          <RefusedNow
            failing={failingGuards(approval.plans)}
            asked={
              <>
                judged <Time at={approval.requestedAt} />
              </>
            }
          />
        )}
        <Decided approval={approval} />
        {run.report && (
          <Panel title="Why" badge={<VerdictChip value={run.report.verdict.value} />}>
            <p className="font-medium text-pretty">{run.report.conclusion}</p>
            <p className="mt-1 text-second text-pretty">{run.report.why}</p>
            <Link
              className="mt-2 inline-block font-medium text-accent underline-offset-2 hover:underline"
              href={`/runs/${run.id}`}
            >
              See the evidence
            </Link>
          </Panel>
        )}
        {approval.plans.map((plan) => (
          <PlanPanel key={plan.hash} plan={plan} />
        ))}
        {approval.plans.length === 0 && (
          <Panel>
            <p className="text-second">
              Nothing outside is changed by this step itself; the run goes on with your answer.
            </p>
          </Panel>
        )}
        <SaidYes approval={approval} />
        {approval.status === 'waiting' && <FormFields fields={approval.form} values={form} change={setForm} />}
      </div>
    </Shell>
  )
}

/** Where several people must approve: who did so far. */
function SaidYes({ approval }: { approval: ApprovalDetail }) {
  const { needed, decisions } = approval
  if (needed === 1) return null
  return (
    <Panel title={`${decisions.length} of ${needed} approvals`}>
      {decisions.length === 0 && <p className="text-second">Nobody has said yes yet.</p>}
      <ul className="space-y-1">
        {decisions.map(({ by, at, comment }) => (
          <li key={by}>
            {personName(by)} <Time at={at} />
            {comment !== '' && <p className="text-second text-pretty">{comment}</p>}
          </li>
        ))}
      </ul>
    </Panel>
  )
}

/** What was said with the decision. */
function Decided({ approval: { status, decidedBy, comment } }: { approval: ApprovalDetail }) {
  if (decidedBy === null || comment === null || comment === '') return null
  return (
    <Panel title={status === 'rejected' ? 'Why it was rejected' : 'Comment'}>
      <p className="text-pretty whitespace-pre-wrap">{comment}</p>
      <p className="mt-1 text-sm text-third">{personName(decidedBy)}</p>
    </Panel>
  )
}

function StateLine({ approval }: { approval: ApprovalDetail }) {
  const now = useNow()
  switch (approval.status) {
    case 'waiting':
      // The server says so as well in a moment; nothing can be decided any more.
      if (Date.parse(approval.expiresAt) <= now) return <Expired at={approval.expiresAt} />
      return (
        <p className="flex flex-wrap items-center gap-2 text-sm text-second">
          <Badge tone="waiting">your decision</Badge>
          <span>
            expires in <Countdown until={approval.expiresAt} /> · then nothing is done
          </span>
        </p>
      )
    case 'approved':
    case 'rejected':
      return (
        <p className="flex flex-wrap items-center gap-2 text-sm text-second">
          <Badge tone={approval.status === 'approved' ? 'normal' : 'cancelled'}>{approval.status}</Badge>
          {approval.decidedBy ? `by ${personName(approval.decidedBy)}` : 'as nobody decided in time'}
          {approval.decidedAt && <Time at={approval.decidedAt} />}
        </p>
      )
    case 'expired':
      return <Expired at={approval.expiresAt} />
    case 'cancelled':
      return (
        <p className="flex items-center gap-2 text-sm text-second">
          <Badge tone="cancelled">cancelled</Badge>the run ended before anybody decided
        </p>
      )
  }
}

function Expired({ at }: { at: string }) {
  return (
    <p className="flex flex-wrap items-center gap-2 text-sm text-second">
      <Badge tone="cancelled">expired</Badge>
      <span>
        nobody decided by <Time at={at} />; nothing was done
      </span>
    </p>
  )
}
