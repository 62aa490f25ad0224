'use client'
import Link from 'next/link'
import { X } from 'lucide-react'
import { timelineOf } from '../report/run-view-model.ts'
import { Badge } from '../ui/badge.tsx'
import { ButtonLink, IconButton } from '../ui/button.tsx'
import { classNames } from '../ui/class-names.ts'
import { useNow } from '../ui/now.ts'
import { useCatalogue } from './catalogue-index.ts'
import { runTone, runWord, stepTone, stepWord } from '../ui/run-words.ts'
import { ErrorState, LoadingRows } from '../ui/states.tsx'
import { Elapsed, Time } from '../ui/time.tsx'
import { toneLooks } from '../ui/tone.ts'
import type { RunDetail, StepRow } from './run-overlay.ts'

/** The run that is shown on the canvas: how it stands, and when each step ran. */
export function RunDrawer({ run, error, close }: { run: RunDetail | undefined; error: unknown; close: () => void }) {
  const now = useNow()
  const { find } = useCatalogue()
  return (
    <section aria-label="Run" className="flex h-[212px] shrink-0 flex-col border-t border-line bg-panel">
      <header className="flex min-h-10 flex-wrap items-center gap-x-3 gap-y-1 px-4 py-1.5">
        {run ? (
          <>
            <b className="font-semibold">Run {run.id.slice(0, 4)}</b>
            <Badge tone={runTone(run)}>{runWord(run)}</Badge>
            <span className="text-sm text-second">
              <Elapsed from={run.startedAt} to={run.endedAt} /> · as of <Time at={run.asOf} />
            </span>
            {run.approvals
              .filter(({ status }) => status === 'waiting')
              .map((approval) => (
                <ButtonLink
                  key={approval.id}
                  size="small"
                  variant="primary"
                  href={`/approvals/${run.id}/${approval.stepId}`}
                >
                  Review plan
                </ButtonLink>
              ))}
            <Link
              className="ml-auto text-sm font-medium text-accent underline-offset-2 hover:underline"
              href={`/runs/${run.id}`}
            >
              Evidence
            </Link>
          </>
        ) : (
          <b className="font-semibold">Run</b>
        )}
        <IconButton label="Hide the run" size="small" variant="ghost" className={run ? '' : 'ml-auto'} onClick={close}>
          <X aria-hidden className="size-3.5" />
        </IconButton>
      </header>
      {run?.conclusion && <p className="truncate px-4 pb-1 font-medium">{run.conclusion}</p>}
      {run?.error && (
        <p className="truncate px-4 pb-1 text-abnormal">
          {run.error.message} {run.error.fix}
        </p>
      )}
      <div className="min-h-0 flex-1 overflow-y-auto px-4 pb-2">
        {!run &&
          (error ? (
            <ErrorState what="The run could not be loaded" error={error} className="px-0" />
          ) : (
            <LoadingRows rows={3} label="Loading the run" />
          ))}
        <ol className="space-y-1">
          {run &&
            timelineOf({ ...run, steps: inOrder(run.steps) }, now).map(({ step, left, width }) => {
              const outcomeTone = find(step.type)?.outcomes.find(({ name }) => name === step.outcome)?.tone
              const tone = stepTone({ ...step, outcomeTone })
              return (
                <li key={step.stepId} className="grid grid-cols-[minmax(110px,180px)_1fr_6rem_4rem] items-center gap-3">
                  <span className="truncate" title={step.summary ?? step.title}>
                    {step.title}
                  </span>
                  <svg viewBox="0 0 100 10" preserveAspectRatio="none" className="h-2.5 w-full" aria-hidden>
                    {width > 0 && (
                      <rect
                        x={left * 100}
                        y="0"
                        width={width * 100}
                        height="10"
                        rx="0.6"
                        className={toneLooks[tone].fill}
                      />
                    )}
                  </svg>
                  <span className={classNames('truncate text-right text-sm', toneLooks[tone].text)}>
                    {step.outcome ?? stepWord(step.status)}
                  </span>
                  <span className="text-right text-sm text-third">
                    {step.startedAt && <Elapsed from={step.startedAt} to={step.endedAt} />}
                  </span>
                </li>
              )
            })}
        </ol>
      </div>
    </section>
  )
}

/** As they began; what has not begun comes last, as the runbook lists it. */
function inOrder(steps: readonly StepRow[]): StepRow[] {
  const began = ({ startedAt }: StepRow): number => (startedAt ? Date.parse(startedAt) : Infinity)
  return steps.toSorted((a, b) => (began(a) === began(b) ? 0 : began(a) - began(b)))
}
