import type { DiffLine } from '@tenon/runbook'
import { classNames } from '../ui/class-names.ts'

/** A sign beside the words, as diffs have them. */
const marks: Record<DiffLine['change'], { sign: string; tone: string }> = {
  added: { sign: '+', tone: 'text-normal' },
  removed: { sign: '−', tone: 'text-abnormal' },
  changed: { sign: '~', tone: 'text-running' },
  renamed: { sign: '→', tone: 'text-running' },
}

/** Changes of a runbook, one a line. `empty` is said when there are none. */
export function DiffList({ lines, empty, label }: { lines: readonly DiffLine[]; empty: string; label: string }) {
  if (lines.length === 0) return <p className="text-second">{empty}</p>
  return (
    <ul aria-label={label} className="space-y-0.5" data-testid="diff">
      {lines.map((line, index) => (
        // Two lines can say the same (an edge that is written twice); their places tell them apart.
        <li key={`${index} ${line.text}`} className="flex gap-2">
          <span aria-hidden className={classNames('w-3 shrink-0 text-center font-mono', marks[line.change].tone)}>
            {marks[line.change].sign}
          </span>
          <span className="min-w-0 break-words">{line.text}</span>
        </li>
      ))}
    </ul>
  )
}
