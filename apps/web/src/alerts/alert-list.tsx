'use client'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { BellRing } from 'lucide-react'
import { useApi, useApiClient } from '../ui/api.tsx'
import { Button, ButtonLink } from '../ui/button.tsx'
import { Panel } from '../ui/panel.tsx'
import { useSession } from '../ui/session.ts'
import { EmptyState, ErrorState, LoadingRows, StaleBanner } from '../ui/states.tsx'
import { Time } from '../ui/time.tsx'
import { useDiagnose } from '../ui/use-diagnose.ts'
import type { AlertFilter } from './alert-filter.ts'
import { AlertFilters } from './alert-filters.tsx'
import { BulkBar } from './bulk-bar.tsx'
import { GroupRow, type RowActions } from './group-row.tsx'
import { useAlertFilter } from './use-alert-filter.ts'
import { useListKeys } from './use-list-keys.ts'
import { useLabel } from './use-label.ts'
import type { AlertGroup } from './verdict-words.ts'

const pageSize = 25
/** Live events ask again at once; this is for when none arrive. */
const refetchMs = 30_000

export function AlertList() {
  const api = useApi()
  const client = useApiClient()
  const filter = useAlertFilter()
  const { state, verdict, text, entity } = filter
  const asked = {
    ...(state === 'all' ? {} : { state }),
    ...(verdict === null ? {} : { verdict }),
    ...(text === '' ? {} : { text }),
    ...(entity === null ? {} : { entity }),
    limit: pageSize,
  }
  const list = useInfiniteQuery({
    queryKey: [...api.alerts.list.pathKey(), 'pages', asked],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      client.alerts.list.query({ ...asked, ...(pageParam ? { cursor: pageParam } : {}) }, { signal }),
    getNextPageParam: ({ cursor }) => cursor ?? undefined,
    refetchInterval: refetchMs,
    // While a filter is typed the last answer stays; another filter's rows are marked as such.
    placeholderData: (before) => before,
  })
  // What is real comes first, however long ago it began.
  const real = useQuery(
    api.alerts.list.queryOptions(
      { ...asked, verdict: 'real' },
      { enabled: state === 'open' && verdict === null, refetchInterval: refetchMs },
    ),
  )
  const first = state === 'open' && verdict === null ? (real.data?.groups ?? []) : []
  const rest = list.data?.pages.flatMap((page) => page.groups) ?? []
  const groups = [...new Map([...first, ...rest].map((group) => [group.key, group])).values()]
  const counts = list.data?.pages[0]?.counts ?? null
  return (
    <Panel
      title="Alerts"
      aside={<span className="max-sm:sr-only">{pagedNote(groups.length, list.hasNextPage)}</span>}
      flush
    >
      <AlertFilters filter={filter} counts={counts} />
      {list.isError && list.data && (
        <StaleBanner retry={() => void list.refetch()}>
          As of <Time at={list.dataUpdatedAt} show="relative" />: newer alerts could not be loaded.
        </StaleBanner>
      )}
      <SilentSources />
      {list.isPending ? (
        <LoadingRows rows={8} label="Loading alerts" />
      ) : groups.length === 0 && list.isError ? (
        <ErrorState what="The alerts could not be loaded" error={list.error} retry={() => void list.refetch()} />
      ) : groups.length === 0 ? (
        <NoAlerts filter={filter} any={counts === null || counts.open + counts.closed > 0} />
      ) : (
        <Groups groups={groups} faded={list.isPlaceholderData}>
          {list.hasNextPage && (
            <div className="flex justify-center border-t border-line py-3">
              <Button busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
                Show older groups
              </Button>
            </div>
          )}
        </Groups>
      )}
    </Panel>
  )
}

/** A source that does not answer makes the list partial: fewer alerts are then no good news. */
function SilentSources() {
  const api = useApi()
  const settings = useQuery(api.alerts.settings.queryOptions())
  const silent = settings.data?.sources.filter(({ problem }) => problem !== null) ?? []
  return silent.map(({ name, since }) => (
    <StaleBanner key={name}>
      Partial: {name} does not answer
      {since && (
        <>
          {' '}
          since <Time at={since} />
        </>
      )}
      . What it fires now is not in this list.
    </StaleBanner>
  ))
}

function pagedNote(count: number, more: boolean): string {
  return count === 0 ? '' : more ? `newest ${count} groups` : count === 1 ? '1 group' : `${count} groups`
}

function Groups({ groups, faded, children }: { groups: AlertGroup[]; faded: boolean; children: ReactNode }) {
  const labelling = useLabel()
  const diagnose = useDiagnose()
  const { lacks } = useSession()
  const [expanded, setExpanded] = useState<ReadonlySet<string>>(new Set())
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  const [diagnosing, setDiagnosing] = useState<string | null>(null)
  const why = lacks('operator')
  const handlers: RowActions = {
    select: ({ key }) => setSelected(toggled(selected, key)),
    expand: ({ key }) => setExpanded(toggled(expanded, key)),
    label: (group, label) => why === null && labelling.label([group], label),
    diagnose(group) {
      const alert = group.alerts[0]
      if (!alert || why !== null || diagnose.busy) return
      setDiagnosing(group.key)
      diagnose.start({ kind: 'alert', id: alert.id })
    },
  }
  const actions = useLatest(handlers)
  const current = useListKeys(groups, actions)
  // What left the list is no longer selected.
  const chosen = groups.filter(({ key }) => selected.has(key))
  return (
    <>
      <ul
        aria-label="Groups of alerts"
        aria-busy={faded || undefined}
        className={`border-t border-line *:border-line [&>*+*]:border-t ${faded ? 'opacity-60' : ''}`}
      >
        {groups.map((group) => (
          <GroupRow
            key={group.key}
            group={group}
            label={labelling.labelOf(group)}
            current={group.key === current}
            selected={selected.has(group.key)}
            expanded={expanded.has(group.key)}
            diagnosing={diagnosing === group.key && diagnose.busy}
            lacks={why}
            actions={actions}
          />
        ))}
      </ul>
      {children}
      {chosen.length > 0 && (
        <BulkBar groups={chosen} labelling={labelling} clear={() => setSelected(new Set())} lacks={why} />
      )}
    </>
  )
}

/** Handlers that stay one object and always do what the last drawing would. */
function useLatest(handlers: RowActions): RowActions {
  const latest = useRef(handlers)
  useEffect(() => {
    latest.current = handlers
  })
  const [stable] = useState<RowActions>(() => ({
    select: (group) => latest.current.select(group),
    expand: (group) => latest.current.expand(group),
    diagnose: (group) => latest.current.diagnose(group),
    label: (group, label) => latest.current.label(group, label),
  }))
  return stable
}

function toggled(set: ReadonlySet<string>, key: string): ReadonlySet<string> {
  const next = new Set(set)
  if (!next.delete(key)) next.add(key)
  return next
}

function NoAlerts({
  filter,
  any,
}: {
  filter: AlertFilter & { change: (part: Partial<AlertFilter>) => void }
  any: boolean
}) {
  const narrowed = filter.verdict !== null || filter.text !== '' || filter.entity !== null
  if (narrowed) {
    return (
      <EmptyState
        icon={<BellRing aria-hidden />}
        title="No such alert"
        action={<Button onClick={() => filter.change({ verdict: null, text: '', entity: null })}>Show all</Button>}
      >
        No group is like this. Quiet ones are never hidden: take the filter away to see all.
      </EmptyState>
    )
  }
  if (any) {
    return (
      <EmptyState
        icon={<BellRing aria-hidden />}
        title={filter.state === 'closed' ? 'None has ended yet' : 'Nothing fires'}
        action={
          <Button onClick={() => filter.change({ state: filter.state === 'closed' ? 'open' : 'closed' })}>
            {filter.state === 'closed' ? 'Show what fires' : 'Show what has ended'}
          </Button>
        }
      >
        Alerts arrive here as an Alertmanager tells of them.
      </EmptyState>
    )
  }
  return (
    <EmptyState
      icon={<BellRing aria-hidden />}
      title="No alert came yet"
      action={
        <>
          <ButtonLink href="/settings?tab=connections" variant="primary">
            Connect an Alertmanager
          </ButtonLink>
          <ButtonLink href="/triggers?tab=listeners">Webhooks</ButtonLink>
        </>
      }
    >
      Connect an Alertmanager in Settings, and its alerts are read each 15 seconds. Or let it call the webhook of a
      runbook. Each alert is then judged, and what needs people is told apart from noise.
    </EmptyState>
  )
}
