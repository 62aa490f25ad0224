'use client'
/** Frozen views: pages of chosen series that stay as they were. */
import Link from 'next/link'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link2, Snowflake, Trash2 } from 'lucide-react'
import { toast } from 'sonner'
import { useApi } from '../ui/api.tsx'
import { ButtonLink, IconButton } from '../ui/button.tsx'
import { Panel, Rows } from '../ui/panel.tsx'
import { personName } from '../ui/person-name.ts'
import { reportProblem } from '../ui/report-problem.ts'
import { useSession } from '../ui/session.ts'
import { EmptyState, ErrorState, LoadingRows } from '../ui/states.tsx'
import { Time } from '../ui/time.tsx'
import { copyText } from '../ui/copy-text.ts'
import { DataShell } from './data-shell.tsx'

export function ViewsPage() {
  const api = useApi()
  const queries = useQueryClient()
  const { lacks } = useSession()
  const views = useQuery(api.views.list.queryOptions())
  const remove = useMutation(
    api.views.delete.mutationOptions({
      onSuccess: () => {
        toast.success('The view is gone')
        void queries.invalidateQueries({ queryKey: api.views.pathKey() })
      },
      onError: reportProblem('It was not deleted'),
    }),
  )
  return (
    <DataShell crumbs={[{ title: 'Views' }]}>
      <Panel title="Frozen views" flush>
        {views.isPending ? (
          <LoadingRows rows={5} label="Loading the views" />
        ) : views.isError ? (
          <ErrorState what="The views could not be loaded" error={views.error} retry={() => void views.refetch()} />
        ) : views.data.length === 0 ? (
          <EmptyState
            icon={<Snowflake aria-hidden />}
            title="Nothing is frozen"
            action={<ButtonLink href="/data?kind=measure">Find a measure</ButtonLink>}
          >
            Open a measure, choose its time and lines, and press F: they stay as they are then, on a page with a link.
          </EmptyState>
        ) : (
          <Rows>
            {views.data.map(({ id, title, createdBy, createdAt, expiresAt }) => (
              <li key={id} className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2">
                <Link
                  href={`/data/views/${encodeURIComponent(id)}`}
                  className="min-w-0 flex-1 basis-60 truncate font-semibold hover:underline"
                >
                  {title}
                </Link>
                <span className="text-sm text-second">
                  {personName(createdBy)}, <Time at={createdAt} />
                </span>
                <span className="text-sm text-third">
                  ends <Time at={expiresAt} show="relative" />
                </span>
                <span className="flex gap-1 max-sm:ml-auto">
                  <IconButton
                    size="small"
                    variant="ghost"
                    label={`Copy the link of ${title}`}
                    onClick={() => copyText(`${location.origin}/data/views/${encodeURIComponent(id)}`, 'Link copied')}
                  >
                    <Link2 aria-hidden className="size-3.5" />
                  </IconButton>
                  <IconButton
                    size="small"
                    variant="ghost"
                    label={`Delete ${title}`}
                    disabledReason={lacks('operator')}
                    onClick={() => remove.mutate({ id })}
                  >
                    <Trash2 aria-hidden className="size-3.5" />
                  </IconButton>
                </span>
              </li>
            ))}
          </Rows>
        )}
      </Panel>
    </DataShell>
  )
}
