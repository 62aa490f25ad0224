'use client'
import { useRef, useState } from 'react'
import { Search, X } from 'lucide-react'
import { classNames } from '../ui/class-names.ts'
import type { Outputs } from '../ui/api.tsx'
import { Button } from '../ui/button.tsx'
import { Input, Select } from '../ui/field.tsx'
import { useShortcut } from '../ui/shortcuts.ts'
import type { AlertFilter } from './alert-filter.ts'
import { verdictLooks, verdicts } from './verdict-words.ts'

type Counts = Outputs['alerts']['list']['counts']

const states = [
  { value: 'open', label: 'Open' },
  { value: 'closed', label: 'Ended' },
  { value: 'all', label: 'All' },
] as const

/** Long enough to type a word, short enough not to be noticed. */
const typingMs = 250

export function AlertFilters({
  filter,
  counts,
}: {
  filter: AlertFilter & { change: (part: Partial<AlertFilter>) => void }
  counts: Counts | null
}) {
  const { change } = filter
  // What is typed stands over the address until that follows; an address that changes otherwise is shown.
  const [typed, setTyped] = useState({ text: filter.text, over: filter.text })
  const text = typed.over === filter.text ? typed.text : filter.text
  const waiting = useRef<ReturnType<typeof setTimeout>>(undefined)
  const type = (next: string): void => {
    setTyped({ text: next, over: filter.text })
    clearTimeout(waiting.current)
    waiting.current = setTimeout(() => {
      setTyped({ text: next, over: next.trim() })
      change({ text: next.trim() })
    }, typingMs)
  }
  const field = useRef<HTMLInputElement>(null)
  useShortcut({ keys: '/', label: 'Search alerts', group: 'Alerts', run: () => field.current?.focus() })
  return (
    <div className="flex flex-wrap items-center gap-2 px-4 pb-3">
      <fieldset className="flex rounded-lg border border-line-strong p-0.5">
        <legend className="sr-only">State</legend>
        {states.map(({ value, label }) => (
          <button
            key={value}
            type="button"
            aria-pressed={filter.state === value}
            className={classNames(
              'h-6.5 rounded-md px-2.5 text-sm',
              filter.state === value ? 'bg-accent-tint font-semibold text-accent' : 'text-second hover:text-ink',
            )}
            onClick={() => change({ state: value })}
          >
            {label}
            {counts && value !== 'all' && <span className="figures ml-1.5">{counts[value]}</span>}
          </button>
        ))}
      </fieldset>
      <Select<string>
        aria-label="Verdict"
        className="w-44 max-sm:flex-1"
        value={filter.verdict ?? 'any'}
        onChange={(value) => change({ verdict: verdicts.find((one) => one === value) ?? null })}
        options={[
          { value: 'any', label: 'Any verdict' },
          ...verdicts.map((value) => ({
            value,
            label: counted(verdictLooks[value].word, counts?.verdicts[value]),
            note: verdictLooks[value].meaning,
          })),
        ]}
      />
      {filter.entity !== null && (
        <Button
          size="small"
          aria-label={`Only alerts of ${filter.entity}. Show those of everything`}
          onClick={() => change({ entity: null })}
        >
          of {filter.entity}
          <X aria-hidden className="size-3.5" />
        </Button>
      )}
      <div className="relative ml-auto max-sm:ml-0 max-sm:basis-full">
        <Search aria-hidden className="absolute top-2.5 left-2.5 size-3.5 text-third" />
        <Input
          ref={field}
          type="search"
          aria-label="Search alerts"
          placeholder="Title, entity or reason"
          className="w-56 pl-8 max-sm:w-full"
          value={text}
          onChange={(event) => type(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Escape') event.currentTarget.blur()
          }}
        />
      </div>
    </div>
  )
}

function counted(word: string, count: number | undefined): string {
  return count === undefined ? word : `${word} · ${count}`
}
