'use client'
import { useQuery } from '@tanstack/react-query'
import { localInputTime, readInputTime } from '../data/input-time.ts'
import { useApi } from '../ui/api.tsx'
import { Button } from '../ui/button.tsx'
import { Input, Select } from '../ui/field.tsx'
import { personName } from '../ui/person-name.ts'
import { useZone } from '../ui/zone.ts'
import { actionWord, kinds, kindWord, statuses } from './action-words.ts'
import type { FilterName, Filters } from './ledger-filters.ts'

interface FilterBarProps {
  filters: Filters
  set: (name: FilterName, value: string | null) => void
  clear: () => void
}

interface Option {
  value: string
  label: string
}

/** No filter: a select has no empty value. */
const any = '*any'

export function FilterBar({ filters, set, clear }: FilterBarProps) {
  const api = useApi()
  const choices = useQuery(api.actions.choices.queryOptions(undefined, { staleTime: 60_000 }))
  const runbooks = useQuery(api.runbooks.list.queryOptions(undefined, { staleTime: 60_000 }))
  const connections = [...new Set((choices.data?.targets ?? []).map((target) => target.split('/')[0] ?? target))]
  const lists: { name: FilterName; label: string; all: string; options: Option[] }[] = [
    {
      name: 'status',
      label: 'State',
      all: 'Any state',
      options: statuses.map((value) => ({ value, label: actionWord(value) })),
    },
    {
      name: 'kind',
      label: 'Kind',
      all: 'Any kind',
      options: kinds.map((value) => ({ value, label: kindWord(value) })),
    },
    {
      name: 'target',
      label: 'Target',
      all: 'Any target',
      options: [
        ...connections.map((value) => ({ value, label: `${value}: all of it` })),
        ...(choices.data?.targets ?? []).map((value) => ({ value, label: value })),
      ],
    },
    {
      name: 'runbook',
      label: 'Runbook',
      all: 'Any runbook',
      options: (runbooks.data ?? []).map(({ name, title }) => ({ value: name, label: title })),
    },
    {
      name: 'person',
      label: 'Person',
      all: 'Anyone',
      options: (choices.data?.people ?? []).map((value) => ({ value, label: personName(value) })),
    },
  ]
  return (
    <div className="grid grid-cols-2 gap-2 px-4 pb-3 sm:flex sm:flex-wrap sm:items-center">
      {lists.map(({ name, label, all, options }) => (
        <Select
          key={name}
          aria-label={label}
          className="min-w-0 sm:w-40"
          value={filters[name] ?? any}
          onChange={(value) => set(name, value === any ? null : value)}
          options={[{ value: any, label: all }, ...withChosen(options, filters[name])]}
        />
      ))}
      <div className="col-span-2 grid gap-2 sm:flex">
        <TimeFilter label="From" value={filters.from} set={(value) => set('from', value)} />
        <TimeFilter label="To" value={filters.to} set={(value) => set('to', value)} />
      </div>
      {Object.keys(filters).length > 0 && (
        <Button variant="ghost" onClick={clear}>
          Clear
        </Button>
      )}
    </div>
  )
}

/** What the address asks for is shown also when it is none of the choices. */
function withChosen(options: Option[], chosen: string | undefined): Option[] {
  if (chosen === undefined || options.some(({ value }) => value === chosen)) return options
  return [...options, { value: chosen, label: chosen }]
}

/** Taken over when the person is done with it: each digit would be a step of history. */
function TimeFilter({
  label,
  value,
  set,
}: {
  label: string
  value: string | undefined
  set: (value: string | null) => void
}) {
  const zone = useZone()
  const shown = value === undefined ? '' : localInputTime(Date.parse(value), zone).slice(0, 16)
  return (
    <label className="flex min-w-0 items-center gap-1.5 text-sm text-second">
      <span className="max-sm:w-10">{label}</span>
      <Input
        key={shown}
        type="datetime-local"
        className="w-full min-w-0 sm:w-48"
        defaultValue={shown}
        onBlur={({ target }) => {
          if (target.value === shown) return
          const at = readInputTime(target.value, zone)
          set(at === null ? null : new Date(at).toISOString())
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter') event.currentTarget.blur()
        }}
      />
    </label>
  )
}
