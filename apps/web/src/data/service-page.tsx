'use client'
/** A data service: what it means, how it has gone, the query behind it, and who uses it. */
import Link from 'next/link'
import { useQuery } from '@tanstack/react-query'
import { type Outputs, useApi } from '../ui/api.tsx'
import { Badge } from '../ui/badge.tsx'
import { ButtonLink } from '../ui/button.tsx'
import { plural } from '../ui/figures.ts'
import { Facts, Panel, Rows } from '../ui/panel.tsx'
import { ErrorState, LoadingRows } from '../ui/states.tsx'
import { DiagnoseButton } from '../ui/diagnose-button.tsx'
import { DataShell } from './data-shell.tsx'
import { hitAddress, serviceAddress } from './hit-address.ts'
import { aboutOf } from './selected-time.ts'
import { ServiceTools } from './service-tools.tsx'
import { ServiceChart } from './service-chart.tsx'
import { useViewAddress } from './use-view-address.ts'

type Service = Outputs['data']['service']

export function ServicePage({ measure }: { measure: string }) {
  const api = useApi()
  const service = useQuery(api.data.service.queryOptions({ ref: measure }, { staleTime: 30_000 }))
  const address = useViewAddress()
  const { entity = null, title = measure } = service.data ?? {}
  const of = entity === null ? [] : [{ title: entity, href: `/data/entities/${encodeURIComponent(entity)}` }]
  return (
    <DataShell
      crumbs={[...of, { title }]}
      actions={service.data && <DiagnoseButton subject={{ kind: 'measure', id: measure }} about={aboutOf(address)} />}
    >
      {service.data ? (
        <Found service={service.data} />
      ) : service.isError ? (
        <Panel>
          <ErrorState
            what={`"${measure}" could not be opened`}
            error={service.error}
            retry={() => void service.refetch()}
            className="px-0"
          />
          <ButtonLink href="/data">Search the catalogue</ButtonLink>
        </Panel>
      ) : (
        <LoadingRows rows={8} label="Loading the data service" />
      )}
    </DataShell>
  )
}

function Found({ service }: { service: Service }) {
  // Of a table of each, its title says nothing of which one.
  const title = service.entity !== null && service.each !== null ? `${service.entity}: ${service.title}` : service.title
  return (
    <div className="grid gap-4 lg:grid-cols-[minmax(0,1fr)_300px]">
      <div className="min-w-0 space-y-4">
        {service.description && <p className="max-w-prose text-second">{service.description}</p>}
        <ServiceChart
          measure={service.ref}
          title={title}
          dimensions={service.dimensions}
          tools={(shown) => <ServiceTools measure={service.ref} title={title} shown={shown} />}
        />
      </div>
      <div className="space-y-4">
        <Panel title="What it is" badge={<Badge>{service.kind}</Badge>}>
          <ServiceFacts service={service} />
        </Panel>
        <UsedBy service={service} />
      </div>
    </div>
  )
}

const directions: Record<Service['bad'], string> = {
  down: 'a fall is bad',
  up: 'a rise is bad',
  both: 'a rise and a fall are bad',
}

function ServiceFacts({ service }: { service: Service }) {
  const { ref, tableId, tableTitle, entity, each, unit, bad, seasonality, dimensions, source } = service
  return (
    <Facts
      items={[
        { label: 'reference', value: <code className="font-mono text-sm">{ref}</code> },
        ...(entity === null
          ? []
          : [
              {
                label: 'of',
                value: (
                  <Link href={`/data/entities/${encodeURIComponent(entity)}`} className="text-accent hover:underline">
                    {entity}
                  </Link>
                ),
              },
            ]),
        ...(entity === null && each !== null ? [{ label: 'of', value: `each ${each}` }] : []),
        {
          label: 'table',
          value: (
            <Link href={hitAddress({ kind: 'table', ref: tableId })} className="text-accent hover:underline">
              {tableTitle}
            </Link>
          ),
        },
        { label: 'unit', value: unit },
        { label: 'direction', value: directions[bad] },
        {
          label: 'dimensions',
          value: dimensions.length === 0 ? 'none' : dimensions.map(({ name }) => name).join(', '),
        },
        { label: 'repeats', value: seasonality === 'none' ? 'not with the day or week' : seasonality },
        { label: 'source', value: source ?? 'computed from other measures' },
        {
          label: service.formula === undefined ? 'selects' : 'formula',
          value: <code className="font-mono text-sm break-all">{service.expression}</code>,
        },
        ...Object.entries(service.inputs ?? {}).map(([name, input]) => ({
          label: name,
          value: (
            <Link href={serviceAddress(input)} className="font-mono text-sm break-all text-accent hover:underline">
              {input}
            </Link>
          ),
        })),
        { label: 'known by', value: service.provenance ?? 'a person wrote it' },
      ]}
    />
  )
}

function UsedBy({ service }: { service: Service }) {
  const { usedBy } = service
  return (
    <Panel title="Used by" aside={plural(usedBy.length, 'runbook')} flush>
      {usedBy.length === 0 ? (
        <p className="px-4 pb-4 text-second">No runbook asks it by name.</p>
      ) : (
        <Rows>
          {usedBy.map(({ runbook, title, nodes }) => (
            <li key={runbook} className="px-4 py-2">
              <Link href={`/runbooks/${runbook}`} className="font-semibold hover:underline">
                {title}
              </Link>
              <p className="truncate text-sm text-second">{nodes.length > 0 ? nodes.join(', ') : 'by a parameter'}</p>
            </li>
          ))}
        </Rows>
      )}
    </Panel>
  )
}
