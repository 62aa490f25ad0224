import type { ReactNode } from 'react'
import type { Hypothesis } from '@tenon/runbook'
import { keepUnits, plural } from '../ui/figures.ts'
import { Panel, Rows } from '../ui/panel.tsx'
import { Shape } from '../ui/shape.tsx'
import type { ReportView } from './content/report-view.ts'

/** Possible causes, likeliest first, with what speaks for and against each; what was ruled out is one press away. */
export function Hypotheses({ view }: { view: ReportView }) {
  const { likely, ruledOut } = view
  if (likely.length + ruledOut.length === 0) return null
  return (
    <Panel title="Causes" aside={likely.length > 1 ? 'likeliest first' : undefined} flush>
      {likely.length === 0 ? (
        <p className="border-t border-line px-4 py-2.5 text-second">No cause is likely.</p>
      ) : (
        <Rows>
          {likely.map((one, index) => (
            <Cause key={one.key} hypothesis={one} first={index === 0} />
          ))}
        </Rows>
      )}
      {ruledOut.length > 0 && <RuledOut ruledOut={ruledOut} />}
    </Panel>
  )
}

function Cause({ hypothesis, first }: { hypothesis: Hypothesis; first: boolean }) {
  const { cause, likelihood, supports, against } = hypothesis
  return (
    <li className="grid grid-cols-[44px_minmax(0,1fr)] gap-x-3 px-4 py-2.5">
      <div>
        <span className="figures block text-right font-semibold">
          <span className="sr-only">likelihood </span>
          {likelihood.toFixed(2)}
        </span>
        <svg viewBox="0 0 44 3" className="mt-1 block h-[3px] w-full" aria-hidden>
          <rect width="44" height="3" rx="1.5" className="fill-neutral-tint" />
          <rect
            width={44 * Math.min(1, likelihood)}
            height="3"
            rx="1.5"
            className={first ? 'fill-abnormal' : 'fill-bar'}
          />
        </svg>
      </div>
      <div className="min-w-0">
        <p className="font-semibold text-pretty first-letter:uppercase">{keepUnits(cause)}</p>
        <Reasons word="for" mark={<Shape name="check" />} tone="text-second" reasons={supports} />
        <Reasons word="against" mark={<Shape name="cross" />} tone="text-third" reasons={against} />
      </div>
    </li>
  )
}

function Reasons({ word, mark, tone, reasons }: { word: string; mark: ReactNode; tone: string; reasons: string[] }) {
  if (reasons.length === 0) return null
  return (
    <ul aria-label={word} className={`mt-0.5 space-y-0.5 text-sm ${tone}`}>
      {reasons.map((reason) => (
        <li key={reason} className="flex gap-2">
          <span className="flex w-14 shrink-0 items-baseline gap-1.5 text-third">
            {mark}
            {word}
          </span>
          <span className="min-w-0 text-pretty">{keepUnits(reason)}</span>
        </li>
      ))}
    </ul>
  )
}

function RuledOut({ ruledOut }: { ruledOut: Hypothesis[] }) {
  return (
    <details className="group border-t border-line">
      <summary className="flex min-h-9 cursor-pointer items-center gap-2 px-4 text-second hover:bg-hover max-sm:min-h-11">
        <Shape name="dash" />
        {plural(ruledOut.length, 'cause')} ruled out
        <span className="ml-auto text-sm text-third group-open:hidden">show why</span>
      </summary>
      <Rows>
        {ruledOut.map((one) => (
          <li key={one.key} className="px-4 py-2">
            <p className="text-second first-letter:uppercase">{one.cause}</p>
            {one.against.length > 0 && <p className="text-sm text-third text-pretty">{one.against.join(' · ')}</p>}
          </li>
        ))}
      </Rows>
    </details>
  )
}
