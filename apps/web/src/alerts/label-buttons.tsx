'use client'
import { Button } from '../ui/button.tsx'
import { classNames } from '../ui/class-names.ts'
import { useSession } from '../ui/session.ts'
import type { Labelling } from './use-label.ts'
import { type AlertGroup, type AlertLabel, toneOfLabel } from './verdict-words.ts'
import { Shape } from '../ui/shape.tsx'
import { toneLooks } from '../ui/tone.ts'

const labels: readonly AlertLabel[] = ['real', 'noise']

/** What people say it was. Pressed again it is taken back. */
export function LabelButtons({
  group,
  labelling,
}: {
  group: Pick<AlertGroup, 'key' | 'title' | 'label'>
  labelling: Labelling
}) {
  const { lacks } = useSession()
  return (
    <fieldset className="flex gap-1">
      <legend className="sr-only">What was {group.title}?</legend>
      {labels.map((label) => {
        const on = group.label === label
        const look = toneLooks[toneOfLabel[label]]
        return (
          <Button
            key={label}
            size="small"
            aria-pressed={on}
            disabledReason={lacks('operator')}
            className={classNames(on && look.chip, on && 'font-semibold')}
            icon={on ? <Shape name={look.shape} /> : undefined}
            onClick={() => labelling.label([group], on ? null : label)}
          >
            {label === 'real' ? 'Real' : 'Noise'}
          </Button>
        )
      })}
    </fieldset>
  )
}
