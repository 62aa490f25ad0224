'use client'
import Link from 'next/link'
import { VerdictChip, Badge } from '../ui/badge.tsx'
import { ButtonLink } from '../ui/button.tsx'
import { Panel } from '../ui/panel.tsx'
import { runTone, runWord } from '../ui/run-words.ts'
import { Countdown, Elapsed, Time } from '../ui/time.tsx'
import { headlineOf, type RunDetail, waitingApproval } from './run-view-model.ts'

/** Verdict, the sentence, why, and what can be done about it. */
export function ReportHeadline({ run }: { run: RunDetail }) {
  const { report } = run
  const failed = run.status === 'failed' || run.status === 'timed-out'
  return (
    <Panel edge={runTone(run)}>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-second">
        {report ? (
          <VerdictChip value={report.verdict.value} size="large" />
        ) : (
          <Badge tone={runTone(run)} size="large">
            {runWord(run)}
          </Badge>
        )}
        {report && <span>confidence {report.verdict.confidence.toFixed(2)}</span>}
        {report?.since && (
          <span>
            since <Time at={report.since} />
          </span>
        )}
        {run.concludedAt ? (
          <span>
            concluded in <Elapsed from={run.startedAt} to={run.concludedAt} />
          </span>
        ) : (
          <span>
            {run.endedAt ? 'took' : 'running for'} <Elapsed from={run.startedAt} to={run.endedAt} />
          </span>
        )}
        {report && failed && <Badge tone="abnormal">{runWord({ status: run.status, verdict: null })}</Badge>}
      </div>
      <h2 className="mt-2 max-w-[72ch] text-xl leading-snug font-bold text-pretty" aria-live="polite">
        {headlineOf(run)}
      </h2>
      {report && <p className="mt-1.5 max-w-[80ch] text-second text-pretty">{report.why}</p>}
      {failed && run.error?.fix && <p className="mt-1.5 max-w-[80ch] text-second">{run.error.fix}</p>}
      <Actions run={run} />
    </Panel>
  )
}

function Actions({ run }: { run: RunDetail }) {
  const approval = waitingApproval(run)
  if (approval) {
    const [plan] = approval.plans
    const consequence = plan?.facts.find(({ label }) => label.startsWith('capacity'))
    const refused = approval.plans.some(({ guards }) => guards.some(({ pass }) => !pass))
    return (
      <div className="mt-4 flex flex-wrap items-center gap-x-3 gap-y-2">
        <ButtonLink variant="primary" href={`/approvals/${run.id}/${approval.stepId}`}>
          Review plan{plan ? `: ${shortTitle(plan.title)}` : ''}
        </ButtonLink>
        <span className="text-sm text-second">
          {refused ? (
            'a guard refuses it now'
          ) : (
            <>
              {consequence && `${consequence.label} ${consequence.value} · `}
              {plan && plan.leaseSeconds > 0 && `reverts by itself after ${Math.round(plan.leaseSeconds / 60)} min · `}
            </>
          )}
          asked until <Time at={approval.expiresAt} />, <Countdown until={approval.expiresAt} /> left
        </span>
      </div>
    )
  }
  if (run.actions.length === 0) return null
  return (
    <ul className="mt-4 space-y-1">
      {run.actions.map((action) => (
        <li key={action.id} className="flex flex-wrap items-center gap-2">
          <Badge tone={action.status === 'done' ? 'normal' : action.status === 'unknown' ? 'inconclusive' : 'neutral'}>
            {action.status}
          </Badge>
          <Link className="font-medium underline-offset-2 hover:underline" href={`/actions/${action.id}`}>
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

/** "Switch payment traffic from zone A to zone B for 30 min" -> "switch payment traffic A → B". */
function shortTitle(title: string): string {
  const short = title.replace(/ for \d+ (min|s)$/, '').replace(/from zone (\S+) to zone (\S+)/, '$1 → $2')
  return short.charAt(0).toLowerCase() + short.slice(1)
}
