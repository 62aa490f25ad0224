'use client'
/** A time that was dragged over is what somebody wonders about: it can be diagnosed as it stands. */
import { DiagnoseButton } from '../ui/diagnose-button.tsx'
import { useNow } from '../ui/now.ts'
import { useZone } from '../ui/zone.ts'
import { aboutOf, diagnosedPart } from './selected-time.ts'
import { rangeTitle } from './time-range.ts'
import type { AddressedView } from './use-view-address.ts'

export interface SelectedTimeProps {
  measure: string
  view: AddressedView
  /** That are drawn. */
  lines: readonly { dimensions: Record<string, string> }[]
}

export function SelectedTime({ measure, view, lines }: SelectedTimeProps) {
  const now = useNow()
  const zone = useZone()
  const where = diagnosedPart({ where: view.where, lines })
  return (
    <section
      aria-label="Selected time"
      className="my-2 flex flex-wrap items-center gap-x-3 gap-y-1.5 rounded-lg border border-line bg-accent/5 px-3 py-1.5"
    >
      <span className="text-sm text-second">
        Selected: <b className="figures font-semibold text-ink">{rangeTitle(view.range, now, zone)}</b>
      </span>
      <div className="ml-auto">
        <DiagnoseButton
          size="small"
          label="Diagnose this"
          subject={{ kind: 'measure', id: measure, where }}
          about={aboutOf(view)}
        />
      </div>
    </section>
  )
}
