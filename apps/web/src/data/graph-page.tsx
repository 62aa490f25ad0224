'use client'
/** What an entity depends on and what needs it, hop by hop, and who says so. */
import { useMemo, useState } from 'react'
import { useRouter, useSearchParams } from 'next/navigation'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { ReactFlowProvider } from '@xyflow/react'
import { Waypoints } from 'lucide-react'
import { useApi } from '../ui/api.tsx'
import { ButtonLink } from '../ui/button.tsx'
import { Select } from '../ui/field.tsx'
import { plural } from '../ui/figures.ts'
import { EmptyState, ErrorState, LoadingRows } from '../ui/states.tsx'
import { DataShell } from './data-shell.tsx'
import { SearchPicker } from './search-picker.tsx'
import { RelationCanvas } from './relation-canvas.tsx'
import { type GraphChoice, nearestEntities, type RelationGraph, withoutKinds } from './relation-graph.ts'
import { RelationPanel } from './relation-panel.tsx'

type Direction = 'both' | 'upstream' | 'downstream'
const directions: { value: Direction; label: string }[] = [
  { value: 'both', label: 'Both ways' },
  { value: 'upstream', label: 'What it depends on' },
  { value: 'downstream', label: 'What needs it' },
]
const depths = ['1', '2', '3', '4', '5', '6'] as const
type Depth = (typeof depths)[number]

/** A graph of more is a ball of wool; the nearest are shown, and the page says so. */
const mostEntities = 250

export function GraphPage() {
  const params = useSearchParams()
  const router = useRouter()
  const api = useApi()
  const entity = params.get('entity') ?? ''
  const depth = depths.find((one) => one === params.get('depth')) ?? '2'
  const direction = directions.find(({ value }) => value === params.get('direction'))?.value ?? 'both'
  const go = (part: { entity?: string; depth?: string; direction?: string }): void => {
    const next = new URLSearchParams({ entity, depth, direction, ...part })
    router.push(`/data/graph?${next}`, { scroll: false })
  }
  const graph = useQuery(
    api.data.relations.queryOptions(
      { entity, depth: Number(depth), direction },
      { enabled: entity !== '', placeholderData: keepPreviousData },
    ),
  )
  return (
    <DataShell crumbs={[{ title: 'Graph' }]} fill>
      <div className="flex flex-wrap items-center gap-2 border-b border-line bg-panel px-3 py-2 sm:px-4">
        <div className="w-72 max-w-full">
          <SearchPicker
            kind="entity"
            value={entity}
            onChange={(next) => go({ entity: next })}
            placeholder="Find an entity"
            attributes={{ 'aria-label': 'Entity' }}
          />
        </div>
        <Select<Direction>
          aria-label="Direction"
          className="w-48!"
          value={direction}
          onChange={(next) => go({ direction: next })}
          options={directions}
        />
        <Select<Depth>
          aria-label="Depth"
          className="w-28!"
          value={depth}
          onChange={(next) => go({ depth: next })}
          options={depths.map((value) => ({ value, label: plural(Number(value), 'hop') }))}
        />
      </div>
      {entity === '' ? (
        <EmptyState
          icon={<Waypoints aria-hidden />}
          title="Choose an entity"
          action={<ButtonLink href="/data?kind=entity">Look in the catalogue</ButtonLink>}
        >
          The graph shows what it depends on, what needs it, and who says so.
        </EmptyState>
      ) : graph.isPending ? (
        <LoadingRows rows={6} label="Loading the graph" />
      ) : graph.data ? (
        <Graph key={graph.data.root} graph={graph.data} open={(id) => go({ entity: id })} />
      ) : (
        <ErrorState what="The graph could not be loaded" error={graph.error} retry={() => void graph.refetch()} />
      )}
    </DataShell>
  )
}

function Graph({ graph, open }: { graph: RelationGraph; open: (entity: string) => void }) {
  const [choice, setChoice] = useState<GraphChoice>({ kind: 'entity', id: graph.root })
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set())
  const kinds = [...new Set(graph.links.map(({ kind }) => kind))].toSorted()
  const cut = useMemo(() => nearestEntities(withoutKinds(graph, hidden), mostEntities), [graph, hidden])
  const toggle = (kind: string): void => {
    const next = new Set(hidden)
    if (!next.delete(kind)) next.add(kind)
    setHidden(next)
  }
  return (
    <div className="flex min-h-0 flex-1 max-lg:flex-col">
      <div className="relative min-h-72 min-w-0 flex-1" data-testid="relation-graph">
        <ReactFlowProvider>
          <RelationCanvas graph={cut} choice={choice} onChoose={setChoice} onOpen={open} />
        </ReactFlowProvider>
        {kinds.length > 1 && (
          <div role="group" aria-label="Kinds of links" className="absolute top-2 right-2 flex flex-wrap gap-1">
            {kinds.map((kind) => (
              <button
                key={kind}
                type="button"
                aria-pressed={!hidden.has(kind)}
                onClick={() => toggle(kind)}
                className="h-6 rounded-md border border-line bg-panel px-2 text-sm text-third hover:border-line-strong aria-pressed:border-accent aria-pressed:bg-accent-tint aria-pressed:text-accent"
              >
                {kind}
              </button>
            ))}
          </div>
        )}
        {hidden.size === 0 && cut.entities.length < graph.entities.length && (
          <p className="absolute top-2 left-2 rounded-md bg-inconclusive-tint px-2 py-1 text-sm text-inconclusive">
            The nearest {cut.entities.length} of {graph.entities.length.toLocaleString('en-GB')}: choose fewer hops or
            one direction.
          </p>
        )}
      </div>
      <RelationPanel graph={graph} choice={choice} onChoose={setChoice} onOpen={open} />
    </div>
  )
}
