'use client'
import { useId, useRef, useState } from 'react'
import { TextArea } from '../ui/field.tsx'
import { classNames } from '../ui/class-names.ts'
import { completions, type Reference } from './references.ts'

export interface ExpressionControlProps {
  /** CEL without its braces. */
  value: string
  onChange: (value: string) => void
  references: readonly Reference[]
  attributes: { id: string; 'aria-describedby': string | undefined; 'aria-invalid': boolean }
  testId?: string
}

/** A CEL expression with completion of what it may mention. Arrow keys choose, Enter or Tab take, Escape closes. */
export function ExpressionControl({ value, onChange, references, attributes, testId }: ExpressionControlProps) {
  const list = useId()
  const control = useRef<HTMLTextAreaElement>(null)
  const [caret, setCaret] = useState<number | null>(null)
  const [chosen, setChosen] = useState(0)
  const { from, found } = caret === null ? { from: 0, found: [] } : completions(references, value, caret)
  const open = found.length > 0

  const take = (reference: Reference): void => {
    const end = caret ?? value.length
    onChange(value.slice(0, from) + reference.text + value.slice(end))
    setCaret(null)
    control.current?.focus()
  }

  return (
    <div className="relative">
      <TextArea
        {...attributes}
        ref={control}
        rows={2}
        spellCheck={false}
        role="combobox"
        aria-expanded={open}
        aria-controls={list}
        aria-autocomplete="list"
        aria-activedescendant={open ? `${list}-${chosen}` : undefined}
        data-testid={testId}
        className="font-mono text-sm"
        value={value}
        placeholder="steps.loss.output.entity"
        onChange={(event) => {
          onChange(event.target.value)
          setCaret(event.target.selectionStart)
          setChosen(0)
        }}
        onFocus={(event) => value === '' && setCaret(event.target.selectionStart)}
        onBlur={() => setCaret(null)}
        onKeyDown={(event) => {
          if (!open) return
          const current = found[chosen]
          if (event.key === 'ArrowDown') setChosen((chosen + 1) % found.length)
          else if (event.key === 'ArrowUp') setChosen((chosen + found.length - 1) % found.length)
          else if (event.key === 'Escape') setCaret(null)
          else if (event.key === 'Enter' && current) take(current)
          else return
          event.preventDefault()
        }}
      />
      {open && (
        <ul
          id={list}
          role="listbox"
          aria-label="What the expression may mention"
          className="absolute inset-x-0 top-full z-20 mt-1 max-h-56 overflow-y-auto rounded-lg border border-line bg-panel p-1 shadow-float"
        >
          {found.map((reference, index) => (
            // Keys are handled by the text area, which keeps the focus.
            <li
              key={reference.text}
              id={`${list}-${index}`}
              role="option"
              aria-selected={index === chosen}
              className={classNames('cursor-default rounded-md px-2 py-1', index === chosen && 'bg-hover')}
              onPointerDown={(event) => {
                event.preventDefault()
                take(reference)
              }}
            >
              <span className="block truncate font-mono text-sm">{reference.text}</span>
              <span className="block truncate text-xs text-third">
                {reference.type} · {reference.note}
              </span>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
