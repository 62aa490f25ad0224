'use client'
/** A field that finds what the model has as it is typed: 50,000 services do not fit a list. */
import { useState } from 'react'
import { Combobox } from '@base-ui/react/combobox'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { type Inputs, useApi } from '../ui/api.tsx'
import { controlClass } from '../ui/field.tsx'
import { readProblem } from '../ui/problem.ts'
import { KindIcon } from './kind-icon.tsx'

type Kind = NonNullable<Inputs['data']['search']['kinds']>[number]

export interface SearchPickerProps {
  kind: Kind | Kind[]
  /** A reference; empty when nothing is chosen. */
  value: string
  onChange: (ref: string) => void
  placeholder?: string | undefined
  attributes?: { id?: string; 'aria-label'?: string; 'aria-describedby'?: string | undefined; 'aria-invalid'?: boolean }
  testId?: string | undefined
}

const most = 30

export function SearchPicker({ kind, value, onChange, placeholder, attributes, testId }: SearchPickerProps) {
  const api = useApi()
  const [open, setOpen] = useState(false)
  const [text, setText] = useState('')
  const hits = useQuery(
    api.data.search.queryOptions(
      { text, kinds: Array.isArray(kind) ? kind : [kind], limit: most },
      { enabled: open, placeholderData: keepPreviousData, staleTime: 30_000 },
    ),
  )
  const found = hits.data?.hits ?? []
  return (
    <Combobox.Root<string>
      items={found.map(({ ref }) => ref)}
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
        data-testid={testId}
        placeholder={placeholder ?? 'Search'}
        className={controlClass}
        autoComplete="off"
        spellCheck={false}
      />
      <Combobox.Portal>
        <Combobox.Positioner sideOffset={4} align="start" className="z-50">
          <Combobox.Popup className="w-[max(var(--anchor-width),320px)] max-w-[94vw] rounded-lg border border-line bg-panel shadow-float outline-none">
            <Combobox.Status className="px-3 text-sm text-second not-empty:py-2">
              {hits.isError
                ? `The search failed: ${readProblem(hits.error).message}`
                : hits.isPending
                  ? 'Searching…'
                  : found.length === 0
                    ? text === ''
                      ? 'The model has none yet.'
                      : `Nothing is called "${text}".`
                    : null}
            </Combobox.Status>
            <Combobox.List className="max-h-80 overflow-y-auto p-1 empty:p-0">
              {found.map((hit) => (
                <Combobox.Item
                  key={hit.ref}
                  value={hit.ref}
                  className="flex cursor-default items-center gap-2.5 rounded-md px-2 py-1.5 outline-none select-none data-highlighted:bg-hover"
                >
                  <KindIcon kind={hit.kind} />
                  <span className="min-w-0">
                    <span className="block truncate">{hit.title}</span>
                    <span className="block truncate text-sm text-third">
                      {[hit.ref, hit.unit, hit.subtitle].filter(Boolean).join(' · ')}
                    </span>
                  </span>
                </Combobox.Item>
              ))}
            </Combobox.List>
          </Combobox.Popup>
        </Combobox.Positioner>
      </Combobox.Portal>
    </Combobox.Root>
  )
}
