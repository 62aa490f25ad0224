'use client'
import { Button } from '../ui/button.tsx'
import { plural } from '../ui/figures.ts'
import type { Labelling } from './use-label.ts'
import type { AlertGroup } from './verdict-words.ts'

/** One word for many groups; it stays in sight while groups are selected. */
export function BulkBar({
  groups,
  labelling,
  clear,
  lacks,
}: {
  groups: AlertGroup[]
  labelling: Labelling
  clear: () => void
  /** Why this person may not label; null when they may. */
  lacks: string | null
}) {
  const label = (word: 'real' | 'noise') => () => {
    labelling.label(groups, word)
    clear()
  }
  return (
    <div
      role="toolbar"
      aria-label="Selected groups"
      className="sticky bottom-0 flex flex-wrap items-center gap-2 border-t border-line bg-panel px-4 py-2"
    >
      <span className="mr-auto text-second">{plural(groups.length, 'group')} selected</span>
      <Button size="small" disabledReason={lacks} onClick={label('real')}>
        Label real
      </Button>
      <Button size="small" disabledReason={lacks} onClick={label('noise')}>
        Label noise
      </Button>
      <Button size="small" variant="ghost" onClick={clear}>
        Clear
      </Button>
    </div>
  )
}
