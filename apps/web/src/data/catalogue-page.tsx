'use client'
/** Everything that can be asked for, found by its meaning. */
import { type KeyboardEvent, type RefObject, useEffect, useRef, useState } from 'react'
import Link from 'next/link'
import { useRouter, useSearchParams } from 'next/navigation'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Database, Search } from 'lucide-react'
import { type Outputs, useApi } from '../ui/api.tsx'
import { Button, ButtonLink } from '../ui/button.tsx'
import { Select } from '../ui/field.tsx'
import { Key } from '../ui/key.tsx'
import { useShortcut } from '../ui/shortcuts.ts'
import { EmptyState, ErrorState, LoadingRows, StaleBanner } from '../ui/states.tsx'
import { DataShell } from './data-shell.tsx'
import { hitAddress } from './hit-address.ts'
import { KindIcon } from './kind-icon.tsx'

type Hit = Outputs['data']['search']['hits'][number]
type Kind = Hit['kind']

const kinds: { value: Kind | 'all'; title: string }[] = [
  { value: 'all', title: 'All' },
  { value: 'measure', title: 'Measures' },
  { value: 'entity', title: 'Entities' },
  { value: 'table', title: 'Tables' },
  { value: 'chain', title: 'Chains' },
]
const atFirst = 50
/** More than these are not read: words narrow further than scrolling. */
const most = 200

export function CataloguePage() {
  const params = useSearchParams()
  const router = useRouter()
  const api = useApi()
  const [text, setText] = useState(() => params.get('q') ?? '')
  const [kind, setKind] = useState<Kind | 'all'>(
    () => kinds.find(({ value }) => value === params.get('kind'))?.value ?? 'all',
  )
  const [source, setSource] = useState(() => params.get('source') ?? '')
  const [entityKind, setEntityKind] = useState(() => params.get('of') ?? '')
  const [limit, setLimit] = useState(atFirst)
  const field = useRef<HTMLInputElement>(null)
  const list = useRef<HTMLUListElement>(null)
  const hits = useQuery(
    api.data.search.queryOptions(
      {
        text,
        limit,
        ...(kind === 'all' ? {} : { kinds: [kind] }),
        ...(source && narrows(kind, 'source') ? { source } : {}),
        ...(entityKind && narrows(kind, 'entityKind') ? { entityKind } : {}),
      },
      {
        placeholderData: keepPreviousData,
        staleTime: 30_000,
        // The model has just changed, and its index is on the way.
        refetchInterval: ({ state }) => (state.data?.outdated ? 1_000 : false),
      },
    ),
  )
  useShortcut({ keys: '/', label: 'Search the catalogue', group: 'Data', run: () => field.current?.focus() })
  useEffect(() => {
    // The address follows without a step of history for each letter.
    const next = new URLSearchParams({
      ...(text ? { q: text } : {}),
      ...(kind === 'all' ? {} : { kind }),
      ...(source ? { source } : {}),
      ...(entityKind ? { of: entityKind } : {}),
    }).toString()
    history.replaceState(history.state, '', next ? `/data?${next}` : '/data')
  }, [text, kind, source, entityKind])
  const found = hits.data?.hits ?? []
  const open = (hit: Hit): void => {
    if (hit.kind !== 'table') return router.push(hitAddress(hit))
    // A table is looked at by its measures, here.
    setText(hit.ref)
    setKind('measure')
    field.current?.focus()
  }
  const onFieldKey = (event: KeyboardEvent): void => {
    if (event.key === 'ArrowDown') {
      event.preventDefault()
      list.current?.querySelector('a')?.focus()
    } else if (event.key === 'Enter' && found[0]) {
      event.preventDefault()
      open(found[0])
    } else if (event.key === 'Escape') {
      if (text === '') field.current?.blur()
      else setText('')
    }
  }
  const onListKey = (event: KeyboardEvent): void => {
    const links = [...(list.current?.querySelectorAll('a') ?? [])]
    const at = links.findIndex((link) => link === document.activeElement)
    const next = nextPlace(event.key, at, links.length)
    if (next !== null) {
      event.preventDefault()
      if (next < 0) field.current?.focus()
      else links[next]?.focus()
    } else if (event.key.length === 1 && event.key !== ' ' && !event.ctrlKey && !event.metaKey && !event.altKey) {
      // Whoever goes on writing writes into the field.
      field.current?.focus()
    }
  }
  return (
    <DataShell>
      <section aria-label="Catalogue" className="overflow-hidden rounded-xl border border-line bg-panel shadow-rest">
        <div className="flex items-center gap-2 px-4">
          <Search aria-hidden className="size-4 shrink-0 text-third" />
          <input
            ref={field}
            // The page is this field.
            // oxlint-disable-next-line jsx-a11y/no-autofocus
            autoFocus
            type="search"
            aria-label="Search the catalogue"
            autoComplete="off"
            spellCheck={false}
            placeholder="What do you want to know? success rate payment zone A"
            className="h-12 w-full bg-transparent text-lg outline-none placeholder:text-third [&::-webkit-search-cancel-button]:hidden"
            value={text}
            onChange={(event) => {
              setText(event.target.value)
              setLimit(atFirst)
            }}
            onKeyDown={onFieldKey}
          />
          <Key>/</Key>
        </div>
        <div className="flex flex-wrap items-center gap-1 border-t border-line px-4 py-2">
          <div role="group" aria-label="Kind" className="flex flex-wrap gap-1">
            {kinds.map(({ value, title }) => (
              <button
                key={value}
                type="button"
                aria-pressed={kind === value}
                onClick={() => setKind(value)}
                className="h-6 rounded-md border border-line px-2 text-sm text-second hover:border-line-strong hover:text-ink aria-pressed:border-accent aria-pressed:bg-accent-tint aria-pressed:font-semibold aria-pressed:text-accent"
              >
                {title}
              </button>
            ))}
          </div>
          {hits.data && narrows(kind, 'source') && (
            <Narrow any="Any source" value={source} values={hits.data.groups.sources} onChange={setSource} />
          )}
          {hits.data && narrows(kind, 'entityKind') && (
            <Narrow
              any="Any kind of entity"
              value={entityKind}
              values={hits.data.groups.entityKinds}
              onChange={setEntityKind}
            />
          )}
          {hits.data && (
            <output className="figures ml-auto text-sm text-third">
              {hits.data.total > found.length
                ? `${found.length} of ${hits.data.total.toLocaleString('en-GB')}`
                : hits.data.total.toLocaleString('en-GB')}
            </output>
          )}
        </div>
        {hits.data ? (
          <>
            {hits.isError && (
              <StaleBanner retry={() => void hits.refetch()}>
                The catalogue does not answer now; these are the results before.
              </StaleBanner>
            )}
            <Hits ref={list} hits={found} narrowed={kind !== 'all'} text={text} open={open} onKeyDown={onListKey} />
            {found.length === limit && hits.data.total > limit && (
              <div className="flex items-center justify-center gap-3 border-t border-line py-2 text-sm text-third">
                {limit < most ? (
                  <Button size="small" busy={hits.isFetching} onClick={() => setLimit(most)}>
                    Show up to {most}
                  </Button>
                ) : (
                  'More words find the rest.'
                )}
              </div>
            )}
          </>
        ) : hits.isError ? (
          <ErrorState what="The catalogue could not be searched" error={hits.error} retry={() => void hits.refetch()} />
        ) : (
          <LoadingRows rows={10} label="Loading the catalogue" />
        )}
      </section>
    </DataShell>
  )
}

/** Sources have measures and tables; kinds of entities, entities. */
function narrows(kind: Kind | 'all', by: 'source' | 'entityKind'): boolean {
  return by === 'source' ? kind === 'measure' || kind === 'table' : kind === 'entity'
}

function Narrow({
  any,
  value,
  values,
  onChange,
}: {
  any: string
  value: string
  values: readonly string[]
  onChange: (value: string) => void
}) {
  // What the address asks for stays visible, also when the model has it no more.
  const all = value === '' || values.includes(value) ? values : [value, ...values]
  return (
    <Select
      aria-label={any}
      className="h-6! w-44! text-sm"
      value={value}
      onChange={onChange}
      options={[{ value: '', label: any }, ...all.map((one) => ({ value: one, label: one }))]}
    />
  )
}

/** The arrow keys of the list; -1 is the field above it. */
function nextPlace(key: string, at: number, count: number): number | null {
  switch (key) {
    case 'ArrowDown':
      return Math.min(count - 1, at + 1)
    case 'ArrowUp':
      return at - 1
    case 'Home':
      return 0
    case 'End':
      return count - 1
    default:
      return null
  }
}

interface HitsProps {
  ref: RefObject<HTMLUListElement | null>
  hits: Hit[]
  text: string
  /** Only a part of the catalogue is looked at. */
  narrowed: boolean
  open: (hit: Hit) => void
  onKeyDown: (event: KeyboardEvent) => void
}

function Hits({ ref, hits, text, narrowed, open, onKeyDown }: HitsProps) {
  if (hits.length === 0 && text === '' && !narrowed)
    return (
      <EmptyState
        icon={<Database aria-hidden />}
        title="The model is empty"
        action={<ButtonLink href="/data/model">Open the model</ButtonLink>}
      >
        Connect a source in the settings, then let discovery propose what it has.
      </EmptyState>
    )
  if (hits.length === 0)
    return (
      <EmptyState icon={<Search aria-hidden />} title="Nothing matches">
        Fewer words find more. What a source has and the model lacks comes in by discovery, on{' '}
        <Link href="/data/model" className="text-accent underline underline-offset-2">
          Model
        </Link>
        .
      </EmptyState>
    )
  return (
    // The keys move between its links.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <ul ref={ref} aria-label="Found" onKeyDown={onKeyDown} className="border-t border-line">
      {hits.map((hit) => (
        <li key={`${hit.kind} ${hit.ref}`} className="border-t border-line first:border-t-0">
          <Link
            href={hitAddress(hit)}
            data-testid={`hit-${hit.ref}`}
            onClick={(event) => {
              if (hit.kind !== 'table' || event.ctrlKey || event.metaKey || event.shiftKey) return
              event.preventDefault()
              open(hit)
            }}
            className="flex items-center gap-3 px-4 py-2 hover:bg-hover focus-visible:bg-hover focus-visible:-outline-offset-2"
          >
            <KindIcon kind={hit.kind} />
            <span className="min-w-0 flex-1">
              <span className="flex min-w-0 items-baseline gap-2">
                <b className="truncate font-semibold">{hit.title}</b>
                {hit.unit && <span className="shrink-0 text-sm text-third">{hit.unit}</span>}
                {Object.entries(hit.where ?? {}).map(([dimension, value]) => (
                  <span key={dimension} className="shrink-0 rounded-sm bg-accent-tint px-1.5 text-sm text-accent">
                    {dimension} {value}
                  </span>
                ))}
              </span>
              <span className="block truncate text-sm text-second">{hit.subtitle}</span>
            </span>
            <code className="max-w-[40%] truncate font-mono text-sm text-third max-sm:hidden">{hit.ref}</code>
            <span className="w-16 shrink-0 text-right text-sm text-third max-md:hidden">{hit.kind}</span>
          </Link>
        </li>
      ))}
    </ul>
  )
}
