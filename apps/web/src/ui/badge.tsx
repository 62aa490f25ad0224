import type { ReactNode } from 'react'
import type { VerdictValue } from '@tenon/runbook'
import { classNames } from './class-names.ts'
import { Shape } from './shape.tsx'
import { type Tone, toneLooks } from './tone.ts'

export interface BadgeProps {
  tone?: Tone
  /** Leave the shape out only where the word itself is no state, e.g. a kind or a count. */
  shape?: boolean
  size?: 'small' | 'large'
  className?: string
  children: ReactNode
}

/** A word on its tint, with its shape. @example <Badge tone="abnormal">failed</Badge> */
export function Badge({
  tone = 'neutral',
  shape = tone !== 'neutral',
  size = 'small',
  className,
  children,
}: BadgeProps) {
  return (
    <span
      className={classNames(
        'inline-flex shrink-0 items-center gap-1.5 rounded-md font-semibold whitespace-nowrap',
        size === 'large' ? 'h-6 px-2 text-base' : 'h-5 px-1.5 text-sm',
        toneLooks[tone].chip,
        className,
      )}
    >
      {shape && <Shape name={toneLooks[tone].shape} />}
      {children}
    </span>
  )
}

export interface VerdictChipProps {
  value: VerdictValue
  /** A figure or sharper word in place of the verdict's own: "-11.8 %", "no data". Screen readers still hear the verdict. */
  label?: string
  size?: 'small' | 'large'
}

/** Verdict as word, shape and colour, always all three. */
export function VerdictChip({ value, label, size }: VerdictChipProps) {
  return (
    <Badge tone={value} size={size}>
      {label !== undefined && <span className="sr-only">{value}: </span>}
      <span className="figures">{label ?? value}</span>
    </Badge>
  )
}

/** The small square with only a shape, for dense lists. `label` is what screen readers hear. */
export function StateMark({ tone, label }: { tone: Tone; label: string }) {
  return (
    <span
      title={label}
      className={classNames(
        'inline-flex size-4.5 shrink-0 items-center justify-center rounded-sm',
        toneLooks[tone].chip,
      )}
    >
      <Shape name={toneLooks[tone].shape} />
      <span className="sr-only">{label}</span>
    </span>
  )
}
