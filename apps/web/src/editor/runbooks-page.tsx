'use client'
import { useState } from 'react'
import { useQuery } from '@tanstack/react-query'
import { Plus, Waypoints } from 'lucide-react'
import { useApi } from '../ui/api.tsx'
import { Button, ButtonLink } from '../ui/button.tsx'
import { Panel } from '../ui/panel.tsx'
import { useSession } from '../ui/session.ts'
import { Shell } from '../ui/shell.tsx'
import { useShortcut } from '../ui/shortcuts.ts'
import { EmptyState, ErrorState, LoadingRows } from '../ui/states.tsx'
import { DeleteRunbookDialog } from './delete-runbook-dialog.tsx'
import { NewRunbookDialog } from './new-runbook-dialog.tsx'
import type { RunbookListing } from './runbook-listing.ts'
import { RunbookRow } from './runbook-row.tsx'
import { TemplateDialog, type RunbookTemplate } from './template-dialog.tsx'

type Open =
  | { dialog: 'new'; copyOf: string | null; template?: RunbookTemplate }
  | { dialog: 'templates' }
  | { dialog: 'delete'; runbook: RunbookListing }

export interface RunbooksPageProps {
  /** What a link leads here for: where something has no runbook yet, `/runbooks?new=template`. */
  asks: 'template' | null
}

/** All runbooks: how each stands, when it runs next, and what it last found. */
export function RunbooksPage({ asks }: RunbooksPageProps) {
  const api = useApi()
  const runbooks = useQuery(api.runbooks.list.queryOptions())
  const { lacks } = useSession()
  const why = lacks('editor')
  const [open, setOpen] = useState<Open | null>(asks === 'template' ? { dialog: 'templates' } : null)
  const begin = (): void => setOpen({ dialog: 'new', copyOf: null })
  useShortcut(why ? null : { keys: 'n', label: 'New runbook', group: 'Runbooks', run: begin })
  const rows = runbooks.data ?? []
  const create = (
    <Button
      variant="primary"
      shortcut="N"
      icon={<Plus aria-hidden className="size-3.5" />}
      disabledReason={why}
      onClick={begin}
    >
      New runbook
    </Button>
  )

  return (
    <Shell
      crumbs={[{ title: 'Runbooks' }]}
      actions={
        <>
          {/* Runbooks are drawn on a wide screen; what a phone has no room for is in the palette. */}
          <ButtonLink href="/coverage" className="max-sm:hidden">
            Coverage
          </ButtonLink>
          <Button className="max-sm:hidden" disabledReason={why} onClick={() => setOpen({ dialog: 'templates' })}>
            New from template
          </Button>
          {create}
        </>
      }
    >
      <Panel flush>
        {runbooks.isPending ? (
          <LoadingRows rows={6} label="Loading runbooks" />
        ) : runbooks.isError ? (
          <ErrorState
            what="The runbooks could not be loaded"
            error={runbooks.error}
            retry={() => void runbooks.refetch()}
          />
        ) : rows.length === 0 ? (
          <EmptyState icon={<Waypoints aria-hidden />} title="No runbook yet" action={create}>
            A runbook is what an expert does when something is wrong, as steps: judge, conclude, ask for approval, act.
            Make one, draw its steps, run it, then publish it. One that says what it diagnoses serves Diagnose.
          </EmptyState>
        ) : (
          <div className="overflow-x-auto">
            <table className="w-full text-base">
              <thead>
                <tr className="text-left text-sm text-third">
                  {['runbook', 'live', 'draft', 'schedule', 'last run'].map((title) => (
                    <th key={title} scope="col" className="px-4 py-2 font-normal">
                      {title}
                    </th>
                  ))}
                  <th scope="col">
                    <span className="sr-only">more</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {rows.map((runbook) => (
                  <RunbookRow
                    key={runbook.id}
                    runbook={runbook}
                    onCopy={() => setOpen({ dialog: 'new', copyOf: runbook.name })}
                    onDelete={() => setOpen({ dialog: 'delete', runbook })}
                  />
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Panel>
      {open?.dialog === 'new' && (
        <NewRunbookDialog
          runbooks={rows}
          copyOf={open.copyOf}
          template={open.template ?? null}
          onClose={() => setOpen(null)}
        />
      )}
      {open?.dialog === 'templates' && (
        <TemplateDialog
          onChoose={(template) => setOpen({ dialog: 'new', copyOf: null, template })}
          onClose={() => setOpen(null)}
        />
      )}
      {open?.dialog === 'delete' && <DeleteRunbookDialog runbook={open.runbook} onClose={() => setOpen(null)} />}
    </Shell>
  )
}
