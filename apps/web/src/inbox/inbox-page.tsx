'use client'
import Link from 'next/link'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Inbox } from 'lucide-react'
import { type Outputs, useApi } from '../ui/api.tsx'
import { Badge } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { classNames } from '../ui/class-names.ts'
import { Panel, Rows } from '../ui/panel.tsx'
import { personName } from '../ui/person-name.ts'
import { reportProblem } from '../ui/report-problem.ts'
import { Shell } from '../ui/shell.tsx'
import { EmptyState, ErrorState, LoadingRows } from '../ui/states.tsx'
import { Time } from '../ui/time.tsx'
import type { Tone } from '../ui/tone.ts'

type Item = Outputs['inbox']['list'][number]

const tones: Record<Item['severity'], Tone> = { info: 'neutral', warning: 'warning', critical: 'abnormal' }

export function InboxPage() {
  const api = useApi()
  const client = useQueryClient()
  const items = useQuery(api.inbox.list.queryOptions())
  const read = useMutation(
    api.inbox.markRead.mutationOptions({
      onError: reportProblem('It was not marked as read'),
      onSettled: async () => {
        await client.invalidateQueries({ queryKey: api.inbox.pathKey() })
      },
    }),
  )
  return (
    <Shell crumbs={[{ title: 'Inbox' }]} width="narrow">
      <Panel title="Inbox" aside="for everyone who is signed in" flush>
        {items.isPending ? (
          <LoadingRows rows={5} label="Loading the inbox" />
        ) : items.isError ? (
          <ErrorState what="The inbox could not be loaded" error={items.error} retry={() => void items.refetch()} />
        ) : items.data.length === 0 ? (
          <EmptyState icon={<Inbox aria-hidden />} title="Nothing here">
            Approvals that are wanted, runs that failed and what “Notify” steps say arrive here.
          </EmptyState>
        ) : (
          <Rows>
            {items.data.map((item) => (
              <li
                key={item.id}
                className={classNames('flex flex-wrap gap-x-3 gap-y-2 px-4 py-3', item.readAt && 'opacity-75')}
              >
                <div className="sm:w-20">
                  <Badge tone={tones[item.severity]}>{item.severity}</Badge>
                </div>
                <div className="min-w-0 flex-1 max-sm:order-last max-sm:basis-full">
                  <p className={item.readAt ? '' : 'font-semibold'}>
                    {item.link ? (
                      <Link className="hover:underline" href={item.link}>
                        {item.title}
                      </Link>
                    ) : (
                      item.title
                    )}
                  </p>
                  <p className="whitespace-pre-line text-second text-pretty">{item.body}</p>
                  <p className="mt-0.5 text-sm text-third">
                    <Time at={item.createdAt} show="relative" />
                    {item.readBy && ` · read by ${personName(item.readBy)}`}
                  </p>
                </div>
                {!item.readAt && (
                  <Button
                    size="small"
                    className="ml-auto"
                    busy={read.isPending && read.variables?.id === item.id}
                    onClick={() => read.mutate({ id: item.id })}
                  >
                    Mark as read
                  </Button>
                )}
              </li>
            ))}
          </Rows>
        )}
      </Panel>
    </Shell>
  )
}
