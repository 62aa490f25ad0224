'use client'
/** A field for what is stopped, out of what exists: what is typed only searches. */
import { useState } from 'react'
import { Combobox } from '@base-ui/react/combobox'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { actionKindWord } from '../ui/action-kinds.ts'
import { useApi } from '../ui/api.tsx'
import { classNames } from '../ui/class-names.ts'
import { controlClass } from '../ui/field.tsx'
import { readProblem } from '../ui/problem.ts'
import type { ScopeOf } from './stop-words.ts'

export type NarrowScope = Exclude<ScopeOf, 'all'>

export interface ScopePickerProps {
  of: NarrowScope
  /** Empty when nothing is chosen. */
  value: string
  onChange: (name: string) => void
  attributes?: { id?: string; 'aria-describedby'?: string | undefined; 'aria-invalid'?: boolean }
}

const plurals: Record<NarrowScope, string> = {
  connection: 'connections that change something',
  target: 'targets',
  kind: 'kinds',
  runbook: 'runbooks',
}

export function ScopePicker({ of, value, onChange, attributes }: ScopePickerProps) {
  const api = useApi()
  const [open, setOpen] = useState(false)
  const [text, setText] = useState('')
  const found = useQuery(
    api.writes.scopes.queryOptions({ of, text: of === 'kind' ? '' : text }, { placeholderData: keepPreviousData }),
  )
  // Also here: until the answer to the last letter is there, what it leaves out must not be chosen by Enter.
  const choices = (found.data ?? []).filter(({ name, note }) =>
    `${of === 'kind' ? actionKindWord(name) : name} ${note ?? ''}`.toLowerCase().includes(text.trim().toLowerCase()),
  )
  return (
    <Combobox.Root<string>
      items={choices.map(({ name }) => name)}
      itemToStringLabel={(name) => (of === 'kind' ? actionKindWord(name) : name)}
      filter={null}
      value={value === '' ? null : value}
      onValueChange={(next) => onChange(next ?? '')}
      open={open}
      onOpenChange={(next) => {
        setOpen(next)
        // Not when it opens: a first letter opens it, and is searched for.
        if (!next) setText('')
      }}
      onInputValueChange={(next, { reason }) => {
        if (reason === 'input-change' || reason === 'input-clear') setText(next)
      }}
      autoHighlight
    >
      <Combobox.Input
        {...attributes}
        placeholder="Search"
        className={classNames(controlClass, 'w-full', of !== 'kind' && 'font-mono')}
        autoComplete="off"
        spellCheck={false}
      />
      <Combobox.Portal>
        <Combobox.Positioner sideOffset={4} align="start" className="z-50">
          <Combobox.Popup className="w-[max(var(--anchor-width),280px)] max-w-[94vw] rounded-lg border border-line bg-panel shadow-float outline-none">
            <Combobox.Status className="px-3 text-sm text-second not-empty:py-2">
              {found.isError
                ? `The ${plurals[of]} could not be loaded: ${readProblem(found.error).message}`
                : found.isPending
                  ? 'Searching…'
                  : choices.length > 0
                    ? null
                    : text === ''
                      ? `There are no ${plurals[of]} yet.`
                      : `Nothing is called "${text}".`}
            </Combobox.Status>
            <Combobox.List className="max-h-64 overflow-y-auto p-1 empty:p-0">
              {choices.map(({ name, note }) => (
                <Combobox.Item
                  key={name}
                  value={name}
                  className="cursor-default rounded-md px-2 py-1.5 outline-none select-none data-highlighted:bg-hover"
                >
                  <span className={classNames('block truncate', of !== 'kind' && 'font-mono')}>
                    {of === 'kind' ? actionKindWord(name) : name}
                  </span>
                  {note && <span className="block truncate text-sm text-third">{note}</span>}
                </Combobox.Item>
              ))}
            </Combobox.List>
          </Combobox.Popup>
        </Combobox.Positioner>
      </Combobox.Portal>
    </Combobox.Root>
  )
}
