'use client'
import { useMemo, useState } from 'react'
import { useSearchParams } from 'next/navigation'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { ReactFlowProvider } from '@xyflow/react'
import { useApi } from '../ui/api.tsx'
import { Panel } from '../ui/panel.tsx'
import { Shell } from '../ui/shell.tsx'
import { ErrorState, LoadingRows } from '../ui/states.tsx'
import { CatalogueProvider, indexCatalogue } from './catalogue-index.ts'
import { Editor } from './editor.tsx'
import { createRunOverlay, RunOverlayProvider } from './run-overlay.ts'

/** Loads a runbook and the catalogue, then hands over to the editor, which keeps its own state from there on. */
export function EditorPage({ name }: { name: string }) {
  const api = useApi()
  const runbook = useQuery(api.runbooks.get.queryOptions({ name }, { placeholderData: keepPreviousData }))
  const catalogue = useQuery(api.catalogue.get.queryOptions(undefined, { staleTime: 60_000 }))
  const run = useSearchParams().get('run')
  const [overlay] = useState(createRunOverlay)
  const index = useMemo(
    () => (catalogue.data ? indexCatalogue(catalogue.data, catalogue.data.picks) : null),
    [catalogue.data],
  )
  if (!runbook.data || !index) {
    const failed = runbook.isError ? runbook : catalogue.isError ? catalogue : null
    return (
      <Shell crumbs={[{ title: 'Runbooks', href: '/runbooks' }, { title: name }]}>
        <Panel flush>
          {failed ? (
            <ErrorState
              what="The runbook could not be opened"
              error={failed.error}
              retry={() => void failed.refetch()}
            />
          ) : (
            <LoadingRows rows={8} label="Opening the runbook" />
          )}
        </Panel>
      </Shell>
    )
  }
  return (
    <ReactFlowProvider>
      <CatalogueProvider value={index}>
        <RunOverlayProvider value={overlay}>
          <Editor key={name} runbook={runbook.data} overlay={overlay} initialRun={run} />
        </RunOverlayProvider>
      </CatalogueProvider>
    </ReactFlowProvider>
  )
}
