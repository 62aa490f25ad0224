'use client'
import { useId } from 'react'
import { type Conflict, conflictPlace, describeChanges } from '@tenon/runbook'
import { classNames } from '../ui/class-names.ts'

type Chosen = 'ours' | 'theirs'

const reasons: Record<Conflict['kind'], string> = {
  changed: 'changed in two ways',
  added: 'added in two ways',
  removed: 'removed by one, changed or needed by the other',
  renamed: 'renamed in two ways',
  cycle: 'only one side’s can stay',
}

export interface ConflictChoiceProps {
  conflict: Conflict
  choice: Chosen | null
  choose: (side: Chosen) => void
}

/** One collision: both values, to choose from by pointer or arrow keys. */
export function ConflictChoice({ conflict, choice, choose }: ConflictChoiceProps) {
  const id = useId()
  return (
    <fieldset className="rounded-lg border border-line p-3" data-testid={`conflict-${conflict.key}`}>
      <legend className="px-1 text-sm">
        <span className="font-semibold">{conflictPlace(conflict)}</span>{' '}
        <span className="text-third">{reasons[conflict.kind]}</span>
      </legend>
      <div className="grid gap-2 sm:grid-cols-2">
        {(['ours', 'theirs'] as const).map((side) => (
          <label
            key={side}
            className={classNames(
              'flex min-w-0 cursor-pointer items-start gap-2 rounded-md border p-2 has-focus-visible:outline-2 has-focus-visible:outline-accent',
              choice === side ? 'border-accent bg-hover' : 'border-line hover:bg-hover',
            )}
          >
            <input
              type="radio"
              name={id}
              value={side}
              checked={choice === side}
              onChange={() => choose(side)}
              className="mt-1 accent-accent"
            />
            <span className="min-w-0">
              <span className="block text-sm font-medium">{side === 'ours' ? 'Yours' : 'Theirs'}</span>
              <Side value={conflict[side]} base={conflict.base} />
            </span>
          </label>
        ))}
      </div>
      {conflict.base !== undefined && !isThing(conflict.base) && (
        <p className="mt-2 flex gap-2 text-sm text-third">
          <span className="shrink-0">It was</span> <Shown value={conflict.base} />
        </p>
      )}
    </fieldset>
  )
}

/** A step and the like is told by what changed of it; the rest as it is. */
function Side({ value, base }: { value: unknown; base: unknown }) {
  if (!isThing(value) || !isThing(base)) return <Shown value={value} />
  const lines = describeChanges(base, value)
  if (lines.length === 0) return <span className="text-third italic">as it was; other changes need it</span>
  return (
    <ul className="max-h-32 overflow-auto break-words">
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  )
}

const isThing = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value)

/** A value as it is, long ones in a scrolling block. */
function Shown({ value }: { value: unknown }) {
  if (value === undefined) return <span className="text-third italic">removed</span>
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, 1)
  return (
    <span className="block max-h-32 overflow-auto font-mono text-sm break-words whitespace-pre-wrap">
      {text === '' ? '(empty)' : text}
    </span>
  )
}
