'use client'
/** An entity with all that is known of it: its measures, what it is linked to, what changed, which alerts came. */
import Link from 'next/link'
import { useQuery } from '@tanstack/react-query'
import { Waypoints } from 'lucide-react'
import { EntityAlerts } from '../alerts/entity-alerts.tsx'
import { type Outputs, useApi } from '../ui/api.tsx'
import { Badge } from '../ui/badge.tsx'
import { ButtonLink } from '../ui/button.tsx'
import { DiagnoseButton } from '../ui/diagnose-button.tsx'
import { plural } from '../ui/figures.ts'
import { Facts, Panel, Rows } from '../ui/panel.tsx'
import { ErrorState, LoadingRows } from '../ui/states.tsx'
import { Time } from '../ui/time.tsx'
import { DataShell } from './data-shell.tsx'
import { KindIcon } from './kind-icon.tsx'
import { MeasureCards } from './measure-cards.tsx'
import { RangePicker } from './range-picker.tsx'
import { aboutOf } from './selected-time.ts'
import { useViewAddress } from './use-view-address.ts'

type View = Outputs['data']['entityPage']

export function EntityPage({ id }: { id: string }) {
  const api = useApi()
  const view = useQuery(api.data.entityPage.queryOptions({ id }, { staleTime: 30_000 }))
  const address = useViewAddress()
  const graph = `/data/graph?${new URLSearchParams({ entity: id })}`
  return (
    <DataShell
      crumbs={[{ title: view.data?.entity.title ?? id }]}
      actions={
        <>
          <ButtonLink href={graph} icon={<Waypoints aria-hidden className="size-3.5" />}>
            Graph
          </ButtonLink>
          {view.data && <DiagnoseButton variant="primary" subject={{ kind: 'entity', id }} about={aboutOf(address)} />}
        </>
      }
    >
      {view.data ? (
        <Found view={view.data} />
      ) : view.isError ? (
        <Panel>
          <ErrorState
            what={`"${id}" could not be opened`}
            error={view.error}
            retry={() => void view.refetch()}
            className="px-0"
          />
          <ButtonLink href="/data?kind=entity">Search the catalogue</ButtonLink>
        </Panel>
      ) : (
        <LoadingRows rows={8} label="Loading the entity" />
      )}
    </DataShell>
  )
}

function Found({ view: { entity, measures, relations, changes } }: { view: View }) {
  const address = useViewAddress()
  return (
    <div className="grid gap-4 lg:grid-cols-[minmax(0,1fr)_300px]">
      <div className="min-w-0">
        <div className="mb-3 flex flex-wrap items-center gap-2">
          <h2 className="text-base font-semibold">{plural(measures.length, 'measure')}</h2>
          <div className="ml-auto">
            <RangePicker range={address.range} span={address.span} onChange={(range) => address.change({ range })} />
          </div>
        </div>
        {measures.length === 0 ? (
          <Panel>
            <p className="text-second">No table of the model tells of it.</p>
          </Panel>
        ) : (
          <MeasureCards measures={measures} view={address} />
        )}
      </div>
      <div className="space-y-4">
        <Panel title={entity.title ?? entity.id} badge={<Badge>{entity.kind}</Badge>}>
          <Facts
            items={[
              { label: 'id', value: <code className="font-mono text-sm">{entity.id}</code> },
              ...(entity.owner ? [{ label: 'owner', value: entity.owner }] : []),
              ...(entity.tier === undefined ? [] : [{ label: 'tier', value: String(entity.tier) }]),
              ...Object.entries(entity.attributes).map(([label, value]) => ({ label, value })),
              { label: 'known by', value: entity.from ?? 'a person wrote it' },
            ]}
          />
        </Panel>
        <EntityAlerts entity={entity.id} />
        <Changes changes={changes} />
        <Relations id={entity.id} relations={relations} />
      </div>
    </div>
  )
}

function Changes({ changes }: { changes: View['changes'] }) {
  return (
    <Panel title="Changes" aside="last 24 hours" flush>
      {changes.length === 0 ? (
        <p className="px-4 pb-4 text-second">None that names it was reported.</p>
      ) : (
        <Rows>
          {changes.map(({ id, title, kind, startedAt }) => (
            <li key={id} className="px-4 py-2">
              <p>
                <b className="font-semibold">{id}</b> {title}
              </p>
              <p className="flex gap-2 text-sm text-third">
                {kind} <Time at={startedAt} className="ml-auto" />
              </p>
            </li>
          ))}
        </Rows>
      )}
    </Panel>
  )
}

/** The whole of a large neighbourhood is looked at in the graph. */
const mostLinks = 20

function Relations({ id, relations }: { id: string; relations: View['relations'] }) {
  const { entities, links } = relations
  const known = new Map(entities.map((entity) => [entity.id, entity]))
  return (
    <Panel title="Relations" aside={plural(links.length, 'link')} flush>
      {links.length === 0 ? (
        <p className="px-4 pb-4 text-second">It is linked to nothing that the model knows.</p>
      ) : (
        <Rows>
          {links.slice(0, mostLinks).map(({ from, to, kind, by }) => {
            const other = from === id ? to : from
            const entity = known.get(other)
            return (
              <li
                key={`${from} ${kind} ${to}`}
                className="flex items-center gap-2 px-4 py-1.5"
                title={by ?? 'a person wrote it'}
              >
                <KindIcon kind={entity?.kind ?? ''} />
                <Link href={`/data/entities/${encodeURIComponent(other)}`} className="min-w-0 truncate hover:underline">
                  {entity?.title ?? other}
                </Link>
                <span className="ml-auto shrink-0 text-sm text-third">{from === id ? kind : `${kind} it`}</span>
              </li>
            )
          })}
        </Rows>
      )}
      {links.length > mostLinks && (
        <Link
          href={`/data/graph?${new URLSearchParams({ entity: id, depth: '1' })}`}
          className="block border-t border-line px-4 py-2 text-accent hover:underline"
        >
          See all in the graph
        </Link>
      )}
    </Panel>
  )
}
