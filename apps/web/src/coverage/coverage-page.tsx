'use client'
/** Where Diagnose has no runbook yet, and which runbooks have gone stale; each row says what to do. */
import { useState } from 'react'
import { useQuery } from '@tanstack/react-query'
import { type Outputs, useApi } from '../ui/api.tsx'
import { plural } from '../ui/figures.ts'
import { Panel } from '../ui/panel.tsx'
import { Shell } from '../ui/shell.tsx'
import { EmptyState, ErrorState, LoadingRows } from '../ui/states.tsx'
import { Tabs } from '../ui/tabs.tsx'
import { CoverageTable } from './coverage-table.tsx'
import { RunbookTable } from './runbook-table.tsx'

type Tab = 'gaps' | 'all' | 'runbooks'

export function CoveragePage() {
  const api = useApi()
  const coverage = useQuery(api.coverage.get.queryOptions(undefined, { staleTime: 30_000 }))
  return (
    <Shell crumbs={[{ title: 'Runbooks', href: '/runbooks' }, { title: 'Coverage' }]}>
      {coverage.data ? (
        <Found coverage={coverage.data} />
      ) : (
        <Panel flush>
          {coverage.isError ? (
            <ErrorState
              what="The coverage could not be worked out"
              error={coverage.error}
              retry={() => void coverage.refetch()}
            />
          ) : (
            <LoadingRows rows={8} label="Comparing runbooks with the model and the alerts" />
          )}
        </Panel>
      )}
    </Shell>
  )
}

function Found({ coverage: { rows, runbooks, alertDays } }: { coverage: Outputs['coverage']['get'] }) {
  const [tab, setTab] = useState<Tab>('gaps')
  const gaps = rows.filter(({ state }) => state !== 'covered')
  const stale = runbooks.filter((one) => one.stale)
  return (
    <>
      <p className="mb-3 max-w-prose text-second">
        {rows.length === 0
          ? 'The model has no business chain or service yet, and no alert came.'
          : `${rows.length - gaps.length} of ${plural(rows.length, 'chain, service and alert', 'chains, services and alerts')} have a runbook for everything that their measures can show. Alerts of the last ${alertDays} days are counted.`}
      </p>
      <Tabs
        label="Coverage"
        value={tab}
        onChange={setTab}
        items={[
          {
            value: 'gaps',
            label: `Gaps ${gaps.length}`,
            content: (
              <Panel flush className="mt-3">
                {gaps.length === 0 ? (
                  <EmptyState title="No gap">
                    Everything that the model and the alerts name has a runbook of its own.
                  </EmptyState>
                ) : (
                  <CoverageTable rows={gaps} />
                )}
              </Panel>
            ),
          },
          {
            value: 'all',
            label: `All ${rows.length}`,
            content: (
              <Panel flush className="mt-3">
                <CoverageTable rows={rows} />
              </Panel>
            ),
          },
          {
            value: 'runbooks',
            label: `Runbooks, ${stale.length} stale`,
            content: (
              <Panel flush className="mt-3">
                {runbooks.length === 0 ? (
                  <EmptyState title="No published runbook">Publish one, and it is looked after here.</EmptyState>
                ) : (
                  <RunbookTable runbooks={runbooks} />
                )}
              </Panel>
            ),
          },
        ]}
      />
    </>
  )
}
