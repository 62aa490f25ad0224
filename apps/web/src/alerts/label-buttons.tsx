'use client'
import { Button } from '../ui/button.tsx'
import { classNames } from '../ui/class-names.ts'
import { type AlertLabel, toneOfLabel } from './verdict-words.ts'
import { Shape } from '../ui/shape.tsx'
import { toneLooks } from '../ui/tone.ts'

const labels: readonly AlertLabel[] = ['real', 'noise']

/** What people say it was. Pressed again it is taken back. */
export function LabelButtons({
  title,
  label: current,
  lacks,
  onLabel,
}: {
  /** Of what is labelled. */
  title: string
  label: AlertLabel | null
  /** Why this person may not; null when they may. */
  lacks: string | null
  onLabel: (label: AlertLabel | null) => void
}) {
  return (
    <fieldset className="flex gap-1">
      <legend className="sr-only">What was {title}?</legend>
      {labels.map((label) => {
        const on = current === label
        const look = toneLooks[toneOfLabel[label]]
        return (
          <Button
            key={label}
            size="small"
            aria-pressed={on}
            disabledReason={lacks}
            className={classNames(on && look.chip, on && 'font-semibold')}
            icon={on ? <Shape name={look.shape} /> : undefined}
            onClick={() => onLabel(on ? null : label)}
          >
            {label === 'real' ? 'Real' : 'Noise'}
          </Button>
        )
      })}
    </fieldset>
  )
}
