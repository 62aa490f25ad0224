'use client'
import { Fragment, type ReactNode, useState } from 'react'
import Link from 'next/link'
import { useQuery } from '@tanstack/react-query'
import { useApi } from '../ui/api.tsx'
import { Badge, VerdictChip } from '../ui/badge.tsx'
import { Field, TextArea } from '../ui/field.tsx'
import { Facts, Panel } from '../ui/panel.tsx'
import { personName } from '../ui/person-name.ts'
import { Shape } from '../ui/shape.tsx'
import { type Crumb, Shell } from '../ui/shell.tsx'
import { ErrorState, LoadingRows } from '../ui/states.tsx'
import { Countdown, Time } from '../ui/time.tsx'
import { toneLooks } from '../ui/tone.ts'
import { DecisionBar } from './decision-bar.tsx'
import { FormFields } from './form-fields.tsx'
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
  const [comment, setComment] = useState('')
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
          <DecisionBar approval={approval} changed={changed} comment={comment} form={form} reload={reload} />
        </div>
      }
    >
      <div className="mx-auto max-w-[560px] space-y-4 pb-4">
        <header className="space-y-2">
          <StateLine approval={approval} />
          <h2 className="text-2xl leading-tight font-bold text-pretty">{approval.question}</h2>
          <p className="text-second">
            {run.runbook.title}, asked for by {personName(run.requestedBy)}
          </p>
        </header>
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
        {approval.status === 'waiting' && (
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
        )}
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

function StateLine({ approval }: { approval: ApprovalDetail }) {
  switch (approval.status) {
    case 'waiting':
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
          by {approval.decidedBy && personName(approval.decidedBy)}
          {approval.decidedAt && <Time at={approval.decidedAt} />}
        </p>
      )
    case 'expired':
      return (
        <p className="flex items-center gap-2 text-sm text-second">
          <Badge tone="cancelled">expired</Badge>
          <span>
            nobody decided by <Time at={approval.expiresAt} />; nothing was done
          </span>
        </p>
      )
    case 'cancelled':
      return (
        <p className="flex items-center gap-2 text-sm text-second">
          <Badge tone="cancelled">cancelled</Badge>the run ended before anybody decided
        </p>
      )
  }
}

/** "edge/server" may break after the slash, so that a phone does not cut a name in two. */
function breakable(label: string): ReactNode {
  return label.split('/').map((part, index) => (
    <Fragment key={index}>
      {index > 0 && (
        <>
          /<wbr />
        </>
      )}
      {part}
    </Fragment>
  ))
}

function PlanPanel({ plan }: { plan: ApprovalDetail['plans'][number] }) {
  return (
    <Panel
      title="Plan"
      aside={
        <code className="font-mono text-xs" title={plan.hash}>
          {plan.hash.slice(7, 19)}
        </code>
      }
    >
      <p className="font-semibold text-pretty">{plan.title}</p>
      <p className="text-sm text-third">{plan.target}</p>
      {plan.diff.length > 0 && (
        <table className="mt-3 w-full">
          <thead className="sr-only">
            <tr>
              <th>what</th>
              <th>before</th>
              <th>after</th>
            </tr>
          </thead>
          <tbody>
            {plan.diff.map((row) => (
              <tr key={row.label} className="border-t border-line">
                <th scope="row" className="py-1 pr-3 text-left font-mono text-sm font-normal [overflow-wrap:anywhere]">
                  {breakable(row.label)}
                </th>
                <td className="py-1 text-right text-second [overflow-wrap:anywhere] min-w-19">{row.before}</td>
                <td className="w-6 py-1 text-center text-third" aria-hidden>
                  →
                </td>
                <td className="py-1 font-semibold [overflow-wrap:anywhere] min-w-19">{row.after}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <Facts
        className="mt-3 border-t border-line pt-3"
        items={plan.facts.map(({ label, value, tone }) => ({
          label,
          value: <span className={tone ? toneLooks[tone].text : undefined}>{value}</span>,
        }))}
      />
      <ul className="mt-3 space-y-1.5 border-t border-line pt-3" aria-label="Guards">
        {plan.guards.map((guard) => (
          <li key={guard.name} className="flex gap-2">
            <span className={guard.pass ? 'mt-1 text-normal' : 'mt-1 text-abnormal'}>
              <Shape name={guard.pass ? 'check' : 'triangle'} />
            </span>
            <span className="min-w-0">
              <span className="sr-only">{guard.pass ? 'passes: ' : 'refuses: '}</span>
              <b className="font-medium">{guard.name}</b> <span className="text-second">{guard.detail}</span>
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  )
}
