'use client'
import Link from 'next/link'
import { useQuery } from '@tanstack/react-query'
import { Copy, Webhook } from 'lucide-react'
import { toast } from 'sonner'
import { useApi } from '../ui/api.tsx'
import { Badge } from '../ui/badge.tsx'
import { ButtonLink, IconButton } from '../ui/button.tsx'
import { Panel, Rows } from '../ui/panel.tsx'
import { EmptyState, ErrorState, LoadingRows } from '../ui/states.tsx'
import { Environment, LastRun, PausedNote, TriggerButtons } from './trigger-parts.tsx'
import { keyOf, type TriggerRow } from './trigger-row.ts'

/** What other systems, and other runbooks, start runs by. */
export function Listeners() {
  const api = useApi()
  const triggers = useQuery(api.triggers.list.queryOptions({}))
  const rows = triggers.data?.filter(({ kind }) => kind !== 'schedule') ?? []
  return (
    <Panel className="mt-4" title="Webhooks and events" flush>
      {triggers.isPending ? (
        <LoadingRows rows={4} label="Loading webhooks and events" />
      ) : triggers.isError ? (
        <ErrorState
          what="The triggers could not be loaded"
          error={triggers.error}
          retry={() => void triggers.refetch()}
        />
      ) : rows.length === 0 ? (
        <EmptyState
          icon={<Webhook aria-hidden />}
          title="No runbook listens"
          action={<ButtonLink href="/runbooks">Open a runbook</ButtonLink>}
        >
          Give a runbook a trigger of kind <code className="font-mono">webhook</code> or{' '}
          <code className="font-mono">event</code> and publish it. The address that senders post to is shown here.
        </EmptyState>
      ) : (
        <Rows>
          {rows.map((row) => (
            <Listener key={keyOf(row)} row={row} />
          ))}
        </Rows>
      )}
    </Panel>
  )
}

function Listener({ row }: { row: TriggerRow }) {
  const { runbook, name, kind, summary, address, paused, trigger } = row
  return (
    <li
      className="flex flex-wrap items-start gap-x-4 gap-y-2 px-4 py-3"
      data-testid={`listener-${runbook.name}-${name}`}
    >
      <div className="min-w-0 flex-1 basis-96">
        <p className="flex flex-wrap items-center gap-2">
          <Link href={`/runbooks/${runbook.name}`} className="font-semibold hover:underline">
            {runbook.title}
          </Link>
          <span className="text-second">{name}</span>
          <Badge shape={false}>{kind}</Badge>
          <Environment name={row.environment} />
          {paused && <Badge tone="warning">paused</Badge>}
        </p>
        <p className="text-sm break-words text-second">{summary}</p>
        {address && (
          <p className="flex items-center gap-1 text-sm text-second">
            <code className="truncate font-mono">{address}</code>
            <IconButton
              size="small"
              variant="ghost"
              label={`Copy the address of ${name}`}
              onClick={() => void copy(address)}
            >
              <Copy aria-hidden className="size-3.5" />
            </IconButton>
          </p>
        )}
        {trigger.kind === 'webhook' && (
          <p className="text-sm text-third">
            senders are checked with the connection <code className="font-mono">{trigger.secret}</code>
          </p>
        )}
        <PausedNote row={row} />
        <LastRun row={row} />
      </div>
      <TriggerButtons row={row} />
    </li>
  )
}

async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text)
    toast.success('The address is copied')
  } catch {
    // Browsers keep the clipboard from pages that are not served over HTTPS.
    toast.error('The address could not be copied', { description: 'Select it and copy it by hand.' })
  }
}
