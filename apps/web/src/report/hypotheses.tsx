import { Panel, Rows } from '../ui/panel.tsx'
import { Shape } from '../ui/shape.tsx'
import type { RunDetail } from './run-view-model.ts'

/** Possible causes, likeliest first, and what rules the others out. */
export function Hypotheses({ run }: { run: RunDetail }) {
  const hypotheses = run.report?.hypotheses ?? []
  if (hypotheses.length === 0) return null
  return (
    <Panel title="Causes" aside="likeliest first" flush>
      <Rows>
        {hypotheses.map((one) => (
          <li key={one.key} className="flex gap-3 px-4 py-2.5">
            <span className="figures w-10 shrink-0 text-right font-semibold">
              {one.likelihood === 0 ? (
                <span className="inline-flex pt-1 text-third">
                  <Shape name="dash" />
                </span>
              ) : (
                one.likelihood.toFixed(2)
              )}
            </span>
            <div className="min-w-0">
              <p className={one.likelihood === 0 ? 'text-second' : 'font-semibold'}>
                {one.likelihood === 0 && 'Ruled out: '}
                {one.cause}
              </p>
              {one.supports.length > 0 && <p className="text-sm text-second text-pretty">{one.supports.join(' · ')}</p>}
              {one.against.length > 0 && (
                <p className="text-sm text-third text-pretty">
                  {one.likelihood === 0 ? '' : 'against: '}
                  {one.against.join(' · ')}
                </p>
              )}
            </div>
          </li>
        ))}
      </Rows>
    </Panel>
  )
}
