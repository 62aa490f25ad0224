'use client'
import { classNames } from '../ui/class-names.ts'
import { useNow } from '../ui/now.ts'
import { Panel } from '../ui/panel.tsx'
import { stepWord } from '../ui/run-words.ts'
import { Elapsed } from '../ui/time.tsx'
import { toneLooks } from '../ui/tone.ts'
import type { ReportContent } from './content/report-content.ts'
import { timelineOf } from './run-view-model.ts'
import { useStepTone } from './use-step-tone.ts'

/** When each step ran, on one axis. */
export function Timeline({ content }: { content: ReportContent }) {
  const toneOf = useStepTone()
  const { startedAt, endedAt } = content.run
  const bars = timelineOf({ steps: content.steps, startedAt, endedAt }, useNow())
  return (
    <Panel className="mt-4">
      <ol className="space-y-1.5">
        {bars.map(({ step, left, width }) => {
          const tone = toneOf(step)
          return (
            <li key={step.stepId} className="grid grid-cols-[minmax(100px,200px)_1fr_76px] items-center gap-2 sm:gap-3">
              <span className="truncate" title={step.title}>
                {step.title}
              </span>
              <svg viewBox="0 0 100 10" preserveAspectRatio="none" className="h-3 w-full" aria-hidden>
                <rect x="0" y="4" width="100" height="2" className="fill-neutral-tint" />
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
              <span className={classNames('text-right text-sm', toneLooks[tone].text)}>
                {step.startedAt ? (
                  <>
                    <span className="sr-only">{step.outcome ?? stepWord(step.status)}, </span>
                    <Elapsed from={step.startedAt} to={step.endedAt} />
                  </>
                ) : (
                  stepWord(step.status)
                )}
              </span>
            </li>
          )
        })}
      </ol>
    </Panel>
  )
}
