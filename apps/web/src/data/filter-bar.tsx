'use client'
/** Which part of a measure is shown: grouped by what, and only which values. */
import { useState } from 'react'
import { Popover } from '@base-ui/react/popover'
import { useQuery } from '@tanstack/react-query'
import { Filter, X } from 'lucide-react'
import { useApi } from '../ui/api.tsx'
import { classNames } from '../ui/class-names.ts'
import { controlClass, Input } from '../ui/field.tsx'
import { ErrorState, LoadingRows } from '../ui/states.tsx'
import type { AddressedView } from './use-view-address.ts'
import { toggleFilter } from './view-address.ts'

export interface KnownDimension {
  name: string
  /** Those that the model's entities tell; the source may have others. */
  values: readonly string[]
}

export interface FilterBarProps {
  measure: string
  dimensions: readonly KnownDimension[]
  view: AddressedView
}

export function FilterBar({ measure, dimensions, view }: FilterBarProps) {
  const { groupBy, where, change } = view
  if (dimensions.length === 0) return <p className="text-sm text-third">It has no dimensions to group or filter by.</p>
  const group = (dimension: string): void =>
    change({
      groupBy: groupBy.includes(dimension) ? groupBy.filter((one) => one !== dimension) : [...groupBy, dimension],
    })
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
      <div role="group" aria-label="Group by" className="flex flex-wrap items-center gap-1">
        <span className="mr-1 text-sm text-third">group by</span>
        {dimensions.map(({ name: dimension }) => (
          <button
            key={dimension}
            type="button"
            aria-pressed={groupBy.includes(dimension)}
            onClick={() => group(dimension)}
            className="h-6 rounded-md border border-line px-2 text-sm text-second hover:border-line-strong hover:text-ink aria-pressed:border-accent aria-pressed:bg-accent-tint aria-pressed:font-semibold aria-pressed:text-accent"
          >
            {dimension}
          </button>
        ))}
      </div>
      <div role="group" aria-label="Filters" className="flex flex-wrap items-center gap-1">
        {Object.entries(where).flatMap(([dimension, values]) =>
          values.map((value) => (
            <button
              key={`${dimension} ${value}`}
              type="button"
              aria-label={`Take away the filter ${dimension} ${value}`}
              onClick={() => change({ where: toggleFilter(where, dimension, value) })}
              className="flex h-6 max-w-60 items-center gap-1.5 rounded-md bg-accent-tint px-2 text-sm text-accent"
            >
              <span className="truncate">
                {dimension} {value || 'none'}
              </span>
              <X aria-hidden className="size-3 shrink-0" />
            </button>
          )),
        )}
        <AddFilter measure={measure} dimensions={dimensions} view={view} />
      </div>
    </div>
  )
}

function AddFilter({ measure, dimensions, view }: FilterBarProps) {
  const [open, setOpen] = useState(false)
  const [dimension, setDimension] = useState('')
  const shown = dimensions.find(({ name }) => name === dimension) ?? dimensions[0]!
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger className="flex h-6 items-center gap-1.5 rounded-md border border-line px-2 text-sm text-second hover:border-line-strong hover:text-ink">
        <Filter aria-hidden className="size-3" />
        Filter
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner sideOffset={4} align="start" className="z-50">
          <Popover.Popup
            aria-label="Add a filter"
            className="w-72 rounded-lg border border-line bg-panel p-2 shadow-float outline-none"
          >
            {dimensions.length > 1 && (
              <select
                aria-label="Dimension"
                className={classNames(controlClass, 'mb-2')}
                value={shown.name}
                onChange={(event) => setDimension(event.target.value)}
              >
                {dimensions.map(({ name }) => (
                  <option key={name}>{name}</option>
                ))}
              </select>
            )}
            <Values key={shown.name} measure={measure} dimension={shown} view={view} />
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  )
}

const mostValues = 200

/** The values that the model knows and that the source has in this time, whatever is filtered now. */
function Values({
  measure,
  dimension: { name: dimension, values: told },
  view,
}: {
  measure: string
  dimension: KnownDimension
  view: AddressedView
}) {
  const api = useApi()
  const [text, setText] = useState('')
  const { span, where, change } = view
  // A few coarse points are enough to know who reports.
  const stepSeconds = Math.max(60, Math.ceil((span.to - span.from) / 20_000))
  const answer = useQuery(
    api.data.query.queryOptions(
      { measure, groupBy: [dimension], from: span.from, to: span.to, stepSeconds },
      { staleTime: 60_000 },
    ),
  )
  if (answer.isPending && told.length === 0)
    return <LoadingRows rows={3} label={`Loading the values of ${dimension}`} />
  if (answer.isError && told.length === 0)
    return (
      <ErrorState
        what="The values could not be loaded"
        error={answer.error}
        retry={() => void answer.refetch()}
        className="px-1 py-1"
      />
    )
  const chosen = where[dimension] ?? []
  const known = answer.data && new Set(answer.data.series.map(({ dimensions }) => dimensions[dimension] ?? ''))
  const all = [...new Set([...chosen, ...(known ?? []), ...told])].toSorted((a, b) =>
    a.localeCompare(b, 'en', { numeric: true }),
  )
  const found = all.filter((value) => value.toLowerCase().includes(text.trim().toLowerCase()))
  return (
    <>
      {all.length > 8 && (
        <Input
          aria-label={`Find a value of ${dimension}`}
          placeholder="Find a value"
          className="mb-1"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      )}
      <ul className="max-h-64 overflow-y-auto">
        {found.slice(0, mostValues).map((value) => (
          <li key={value}>
            <label className="flex min-h-7 items-center gap-2 rounded-md px-1.5 hover:bg-hover">
              <input
                type="checkbox"
                className="size-3.5 accent-accent"
                checked={chosen.includes(value)}
                onChange={() => change({ where: toggleFilter(where, dimension, value) })}
              />
              <span className="min-w-0 truncate">{value || 'none'}</span>
              {known && !known.has(value) && <span className="ml-auto text-sm text-third">not in this time</span>}
            </label>
          </li>
        ))}
      </ul>
      {found.length > mostValues && (
        <p className="px-1.5 pt-1 text-sm text-third">
          {mostValues} of {found.length.toLocaleString('en-GB')}: write a part of it to find more.
        </p>
      )}
      {found.length === 0 && (
        <p className="px-1.5 py-2 text-sm text-second">
          {all.length === 0 ? 'The source has no value of it in this time.' : 'No value contains that.'}
        </p>
      )}
    </>
  )
}
