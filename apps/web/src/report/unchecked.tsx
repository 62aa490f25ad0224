import { Panel, Rows } from '../ui/panel.tsx'
import { Shape } from '../ui/shape.tsx'
import type { ReportView } from './content/report-view.ts'

/** What the report does not know: no data, failed reads, steps that were cut. It is never left out, so that "normal" means what it says. */
export function Unchecked({ view }: { view: ReportView }) {
  if (view.unchecked.length === 0) return null
  return (
    <Panel title="What could not be checked" flush>
      <Rows>
        {view.unchecked.map((sentence) => (
          <li key={sentence} className="flex gap-2.5 px-4 py-2">
            <span className="mt-1.5 text-inconclusive">
              <Shape name="question" />
            </span>
            <span className="min-w-0 break-words text-pretty">{sentence}</span>
          </li>
        ))}
      </Rows>
    </Panel>
  )
}
