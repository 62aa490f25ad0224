import type { ReactNode } from 'react'
import { Badge, VerdictChip } from '../ui/badge.tsx'
import { keepUnits } from '../ui/figures.ts'
import { Panel } from '../ui/panel.tsx'
import { runTone, runWord } from '../ui/run-words.ts'
import { Shape } from '../ui/shape.tsx'
import { Elapsed, Time } from '../ui/time.tsx'
import type { ReportContent } from './content/report-content.ts'
import { incompleteLine } from './content/report-document.ts'
import { alertDistance, type ReportView } from './content/report-view.ts'
import { progressOf } from './run-view-model.ts'

export interface ReportHeadlineProps {
  content: ReportContent
  view: ReportView
  /** What can be done about it. */
  children?: ReactNode
}

/** Verdict, the sentence, why, and what can be done about it. Its height hardly changes when the conclusion takes the place of the progress. */
export function ReportHeadline({ content, view, children }: ReportHeadlineProps) {
  const { run } = content
  const badEnd = view.stage === 'failed' || view.stage === 'timed-out' || view.stage === 'cancelled'
  return (
    <Panel edge={view.verdict ?? runTone(run)} className="min-h-[118px]">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-second">
        {view.verdict ? (
          <VerdictChip value={view.verdict} size="large" />
        ) : (
          <Badge tone={runTone(run)} size="large">
            {runWord(run)}
          </Badge>
        )}
        {view.incomplete && (
          <Badge tone="inconclusive" size="large">
            incomplete
          </Badge>
        )}
        {view.confidence !== null && (
          <span title="How sure the report is of its conclusion, 0 to 1.">confidence {view.confidence.toFixed(2)}</span>
        )}
        {view.since !== null && (
          <span>
            since <Time at={view.since} />
            {view.alert && view.alert.afterOnset !== null && (
              <span title={view.alert.label}>, {alertDistance(view.alert.afterOnset)}</span>
            )}
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
        {view.verdict && badEnd && <Badge tone="abnormal">{runWord({ status: run.status, verdict: null })}</Badge>}
      </div>
      <h2 className="mt-2 max-w-[72ch] text-xl leading-snug font-bold break-words text-pretty" aria-live="polite">
        {keepUnits(view.headline)}
      </h2>
      {view.stage === 'running' || view.stage === 'queued' ? (
        <Progress content={content} />
      ) : (
        view.why && <p className="mt-1.5 max-w-[80ch] break-words text-second text-pretty">{keepUnits(view.why)}</p>
      )}
      {view.stage === 'failed' && run.error?.fix && <p className="mt-1.5 max-w-[80ch] text-second">{run.error.fix}</p>}
      {view.incomplete && (
        <p className="mt-2 flex max-w-[80ch] gap-2 rounded-md bg-inconclusive-tint px-3 py-2 text-inconclusive">
          <span className="mt-1.5">
            <Shape name="question" />
          </span>
          <span className="min-w-0 break-words">{incompleteLine(view.incomplete)}</span>
        </p>
      )}
      {view.scope.length > 0 && (
        <dl className="mt-2 flex flex-wrap gap-x-4 gap-y-0.5 text-sm xl:hidden print:hidden">
          {view.scope.map(({ label, value }) => (
            <div key={label} className="flex min-w-0 gap-1.5">
              <dt className="text-third">{label.toLowerCase()}</dt>
              <dd className="min-w-0 break-words">{value}</dd>
            </div>
          ))}
        </dl>
      )}
      {children}
    </Panel>
  )
}

/** How many steps have ended, on the place where the reason will stand. */
function Progress({ content }: { content: ReportContent }) {
  const { ended, all } = progressOf(content.steps)
  return (
    <div className="mt-2 max-w-[80ch]">
      <svg viewBox="0 0 100 1" preserveAspectRatio="none" className="block h-1 w-full" aria-hidden>
        <rect width="100" height="1" className="fill-neutral-tint" />
        <rect width={all === 0 ? 0 : (ended / all) * 100} height="1" className="fill-running" />
      </svg>
      <p className="mt-1.5 text-sm text-second">
        {all === 0
          ? 'No step has begun yet.'
          : `${ended} of ${all} steps have ended; evidence stands below as it comes.`}
      </p>
    </div>
  )
}
