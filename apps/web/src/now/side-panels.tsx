'use client'
import Link from 'next/link'
import { ActionControls } from '../actions/action-controls.tsx'
import { StateMark } from '../ui/badge.tsx'
import { ButtonLink } from '../ui/button.tsx'
import { Panel, Rows } from '../ui/panel.tsx'
import { personName } from '../ui/person-name.ts'
import { runTone, runWord } from '../ui/run-words.ts'
import { Countdown, Elapsed, Time } from '../ui/time.tsx'
import type { NowData } from './now-data.ts'

/** Decisions that people are asked for; nothing at all when there are none. */
export function WaitingPanel({ approvals }: { approvals: NowData['approvals'] }) {
  if (approvals.length === 0) return null
  return (
    <Panel title="Waiting for you" edge="waiting" flush>
      <Rows>
        {approvals.map((approval) => (
          <li key={approval.id} className="space-y-2 px-4 py-3">
            <p className="font-semibold text-pretty">{approval.question}</p>
            <p className="text-sm text-second">
              {approval.run.runbook.title} · expires in <Countdown until={approval.expiresAt} />
            </p>
            <ButtonLink variant="primary" size="small" href={`/approvals/${approval.runId}/${approval.stepId}`}>
              Review plan
            </ButtonLink>
          </li>
        ))}
      </Rows>
    </Panel>
  )
}

export function InEffectPanel({ actions }: { actions: NowData['inEffect'] }) {
  return (
    <Panel title="In effect" flush>
      {actions.length === 0 ? (
        <p className="border-t border-line px-4 py-3 text-second">Nothing is changed outside right now.</p>
      ) : (
        <Rows>
          {actions.map((action) => (
            <li key={action.id} className="space-y-2 px-4 py-3">
              <Link href={`/actions/${action.id}`} className="block font-semibold text-pretty hover:underline">
                {action.title}
              </Link>
              <p className="text-sm text-second">
                {personName(action.approvedBy ?? action.requestedBy)} · {action.status}
                {action.leaseUntil && (
                  <>
                    {' '}
                    · reverts in <Countdown until={action.leaseUntil} />
                  </>
                )}
              </p>
              <ActionControls action={action} size="small" />
            </li>
          ))}
        </Rows>
      )}
    </Panel>
  )
}

export function ChangesPanel({ changes }: { changes: NowData['changes'] }) {
  return (
    <Panel
      title="Changes"
      aside={
        <Link href="/changes" className="hover:text-ink">
          all
        </Link>
      }
      flush
    >
      {changes.length === 0 ? (
        <p className="border-t border-line px-4 py-3 text-second">
          No change was reported in the last 24 hours. Systems report theirs over the API.
        </p>
      ) : (
        <Rows>
          {changes.slice(0, 5).map((change) => (
            <li key={change.id} className="px-4 py-2">
              <p className="flex items-baseline gap-2">
                <b className="shrink-0 font-semibold">{change.id}</b>
                <span className="min-w-0 truncate">{change.title}</span>
              </p>
              <p className="text-sm text-second">
                {change.kind} · {change.scope.entity ?? 'everything'} · <Time at={change.startedAt} show="relative" />
              </p>
            </li>
          ))}
        </Rows>
      )}
    </Panel>
  )
}

export function RunsPanel({ runs, waiting }: { runs: NowData['runs']; waiting: ReadonlySet<string> }) {
  return (
    <Panel
      title="Runs"
      aside={
        <Link href="/runs" className="hover:text-ink">
          all
        </Link>
      }
      flush
    >
      {runs.length === 0 ? (
        <p className="border-t border-line px-4 py-3 text-second">Nothing ran yet. Press Diagnose.</p>
      ) : (
        <Rows>
          {runs.slice(0, 6).map((run) => (
            <li key={run.id}>
              <Link href={`/runs/${run.id}`} className="flex items-center gap-2 px-4 py-2 hover:bg-hover">
                <StateMark
                  tone={waiting.has(run.id) ? 'waiting' : runTone(run)}
                  label={waiting.has(run.id) ? `${runWord(run)}, waits for approval` : runWord(run)}
                />
                <span className="min-w-0 truncate font-semibold">{run.runbook.title}</span>
                <span className="ml-auto shrink-0 text-sm text-third">
                  <Time at={run.startedAt} /> · <Elapsed from={run.startedAt} to={run.concludedAt ?? run.endedAt} />
                </span>
              </Link>
            </li>
          ))}
        </Rows>
      )}
    </Panel>
  )
}
