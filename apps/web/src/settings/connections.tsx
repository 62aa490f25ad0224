'use client'
import { useState } from 'react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Plug, Plus } from 'lucide-react'
import { toast } from 'sonner'
import { useApi } from '../ui/api.tsx'
import { Badge } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { Panel, Rows } from '../ui/panel.tsx'
import { reportProblem } from '../ui/report-problem.ts'
import { EmptyState, ErrorState, LoadingRows } from '../ui/states.tsx'
import { Time } from '../ui/time.tsx'
import { Confirm } from './confirm.tsx'
import { ConnectionDialog } from './connection-dialog.tsx'
import type { ConnectionRow } from './connection-row.ts'

/** Metrics stores, edges and webhooks. */
export function Connections() {
  const api = useApi()
  const connections = useQuery(api.settings.connections.list.queryOptions())
  const [editing, setEditing] = useState<ConnectionRow | 'new' | null>(null)
  const [removing, setRemoving] = useState<ConnectionRow | null>(null)
  const refresh = (): void => void connections.refetch()
  const remove = useMutation(
    api.settings.connections.remove.mutationOptions({
      onSuccess: () => toast.success('The connection is removed'),
      onError: reportProblem('The connection was not removed'),
      onSettled: () => {
        setRemoving(null)
        refresh()
      },
    }),
  )
  return (
    <Panel
      className="mt-4"
      title="Connections"
      aside={
        <Button size="small" icon={<Plus aria-hidden className="size-3.5" />} onClick={() => setEditing('new')}>
          Add connection
        </Button>
      }
      flush
    >
      {connections.isPending ? (
        <LoadingRows rows={3} label="Loading connections" />
      ) : connections.isError ? (
        <ErrorState what="The connections could not be loaded" error={connections.error} retry={refresh} />
      ) : connections.data.length === 0 ? (
        <EmptyState icon={<Plug aria-hidden />} title="No connection yet">
          Add the metrics store that your model names, and the edge that carries your traffic.
        </EmptyState>
      ) : (
        <Rows>
          {connections.data.map((row) => (
            <li key={row.id} className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 py-2.5">
              <div className="min-w-0 flex-1 basis-64">
                <p className="flex items-center gap-2">
                  <b className="font-semibold">{row.name}</b>
                  <Badge shape={false}>{row.kind}</Badge>
                </p>
                <p className={row.kind === 'hook' ? 'text-sm text-second' : 'truncate font-mono text-sm text-second'}>
                  {row.kind === 'hook' ? 'checks who calls our webhooks' : row.url}
                </p>
                <p className="text-sm text-third">
                  {row.hasSecret ? 'secret stored, encrypted' : 'no secret'} · changed{' '}
                  <Time at={row.updatedAt} show="relative" />
                </p>
              </div>
              <div className="flex gap-3">
                {row.kind !== 'hook' && <TestConnection row={row} />}
                <Button size="small" onClick={() => setEditing(row)}>
                  Edit
                </Button>
                <Button size="small" variant="danger" onClick={() => setRemoving(row)}>
                  Remove
                </Button>
              </div>
            </li>
          ))}
        </Rows>
      )}
      {editing && (
        <ConnectionDialog
          key={editing === 'new' ? 'new' : editing.id}
          row={editing === 'new' ? null : editing}
          close={() => setEditing(null)}
          saved={refresh}
        />
      )}
      <Confirm
        open={removing !== null}
        title={`Remove ${removing?.name ?? ''}?`}
        text="Runbooks and models that name it fail with an error that says so, until a connection of this name exists again."
        verb="Remove"
        busy={remove.isPending}
        close={() => setRemoving(null)}
        confirm={() => removing && remove.mutate({ name: removing.name })}
      />
    </Panel>
  )
}

function TestConnection({ row }: { row: ConnectionRow }) {
  const api = useApi()
  const test = useMutation(
    api.settings.connections.test.mutationOptions({
      onSuccess: (result) => {
        if (result.ok) toast.success(`${row.name} answers`, { description: result.detail })
        else toast.error(result.message, { description: result.fix, duration: 10_000 })
      },
      onError: reportProblem(`${row.name} could not be tested`),
    }),
  )
  return (
    <Button
      size="small"
      busy={test.isPending}
      onClick={() => test.mutate({ name: row.name, kind: row.kind, url: row.url })}
    >
      Test
    </Button>
  )
}
