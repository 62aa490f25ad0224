'use client'
import Link from 'next/link'
import { useQuery } from '@tanstack/react-query'
import { useApi } from '../ui/api.tsx'
import { StateMark } from '../ui/badge.tsx'
import { Panel, Rows } from '../ui/panel.tsx'
import { LoadingRows } from '../ui/states.tsx'
import { Time } from '../ui/time.tsx'

/** Where alerts come from, and whether they do: a silent source looks like a quiet day. */
export function SourcesPanel() {
  const api = useApi()
  const settings = useQuery(api.alerts.settings.queryOptions(undefined, { refetchInterval: 30_000 }))
  const sources = settings.data?.sources
  return (
    <Panel
      title="Sources"
      aside={
        <Link href="/settings?tab=connections" className="hover:text-ink">
          connect
        </Link>
      }
      flush
    >
      {sources === undefined ? (
        settings.isError ? (
          <p className="border-t border-line px-4 py-3 text-second">Not known: the sources could not be loaded.</p>
        ) : (
          <LoadingRows rows={2} label="Loading the sources" />
        )
      ) : sources.length === 0 ? (
        <p className="border-t border-line px-4 py-3 text-second">
          None. Add a connection of kind alertmanager, or let one call the webhook of a runbook.
        </p>
      ) : (
        <Rows>
          {sources.map(({ name, kind, okAt, firing, problem, since }) => (
            <li key={name} className="px-4 py-2">
              <p className="flex items-center gap-2">
                <StateMark tone={problem ? 'inconclusive' : 'normal'} label={problem ? 'does not answer' : 'answers'} />
                <b className="min-w-0 truncate font-semibold">{name}</b>
                <span className="ml-auto shrink-0 text-sm text-third">
                  {kind === 'webhook' ? 'calls us' : firing === null ? 'is asked' : `${firing} firing`}
                </span>
              </p>
              <p className="text-sm text-second">
                {problem ? (
                  <>
                    {problem}{' '}
                    {since && (
                      <>
                        since <Time at={since} />
                      </>
                    )}
                  </>
                ) : okAt ? (
                  <>
                    last told <Time at={okAt} show="relative" />
                  </>
                ) : (
                  'told nothing yet'
                )}
              </p>
            </li>
          ))}
        </Rows>
      )}
    </Panel>
  )
}
