'use client'
import { Popover } from '@base-ui/react/popover'
import type { Problem } from '@tenon/runbook'
import { Badge } from '../ui/badge.tsx'
import { Shape } from '../ui/shape.tsx'
import { errorsOf } from './use-problems.ts'

/** How many problems there are; opened, each with its fix. A press goes to its place. */
export function ProblemsMenu({ problems, show }: { problems: readonly Problem[]; show: (problem: Problem) => void }) {
  const errors = errorsOf(problems).length
  const warnings = problems.length - errors
  const tone = errors > 0 ? 'abnormal' : warnings > 0 ? 'inconclusive' : 'normal'
  const text = errors > 0 ? count(errors, 'problem') : warnings > 0 ? count(warnings, 'warning') : 'no problems'
  return (
    <Popover.Root>
      <Popover.Trigger className="rounded-md" aria-label={`Problems: ${text}`}>
        <Badge tone={tone} size="large">
          {text}
        </Badge>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner sideOffset={6} align="end" className="z-40">
          <Popover.Popup
            aria-label="Problems"
            className="max-h-[60vh] w-[420px] overflow-y-auto rounded-xl border border-line bg-panel p-1.5 shadow-float outline-none"
          >
            {problems.length === 0 && <p className="px-2.5 py-3 text-second">It can be published and run.</p>}
            {problems.map((problem) => (
              <Popover.Close
                key={`${problem.code} ${problem.path.join('.')} ${problem.message}`}
                onClick={() => show(problem)}
                className="flex w-full gap-2.5 rounded-md px-2.5 py-1.5 text-left hover:bg-hover"
              >
                <span className={problem.severity === 'error' ? 'mt-1 text-abnormal' : 'mt-1 text-inconclusive'}>
                  <Shape name={problem.severity === 'error' ? 'triangle' : 'question'} />
                </span>
                <span className="min-w-0">
                  <span className="block text-xs text-third">{placeOf(problem)}</span>
                  {problem.message} <span className="text-second">{problem.fix}</span>
                </span>
              </Popover.Close>
            ))}
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  )
}

const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`

/** "loss, window" for a field of a step; "schedule" for the runbook's own. */
function placeOf({ path }: Problem): string {
  const [root, id, , field] = path
  if (root !== 'nodes' || id === undefined) return String(root ?? 'runbook')
  return field === undefined ? `step ${id}` : `step ${id}, ${field}`
}
