'use client'
import Link from 'next/link'
import { useQuery } from '@tanstack/react-query'
import { GroupLine } from '../alerts/group-line.tsx'
import { isNoise } from '../alerts/verdict-words.ts'
import { useApi } from '../ui/api.tsx'
import { Badge } from '../ui/badge.tsx'
import { formatPercent } from '../ui/figures.ts'
import { Panel, Rows } from '../ui/panel.tsx'
import { ErrorState, LoadingRows } from '../ui/states.tsx'
import { countVerdicts } from './count-verdicts.ts'

const shown = 5

/** What fires, that which needs people first. */
export function AlertsPanel() {
  const api = useApi()
  const real = useQuery(api.alerts.list.queryOptions({ state: 'open', verdict: 'real', limit: shown }))
  const newest = useQuery(api.alerts.list.queryOptions({ state: 'open', limit: shown * 4 }))
  const precision = useQuery(api.alerts.precision.queryOptions())
  const found = [...(real.data?.groups ?? []), ...(newest.data?.groups ?? [])]
  const groups = [...new Map(found.map((group) => [group.key, group])).values()]
    .toSorted((a, b) => Number(isNoise(a.verdict)) - Number(isNoise(b.verdict)))
    .slice(0, shown)
  const counts = newest.data && countVerdicts(newest.data.counts.verdicts)
  const after = precision.data?.labelled ? precision.data.after : null
  return (
    <Panel
      title="Alert groups"
      badge={
        counts && (
          <>
            {counts.real > 0 && <Badge tone="abnormal">{counts.real} real</Badge>}
            {counts.unsure > 0 && <Badge tone="inconclusive">{counts.unsure} not known</Badge>}
            {counts.noise > 0 && <Badge>{counts.noise} judged noise</Badge>}
          </>
        )
      }
      aside={
        <>
          {typeof after === 'number' && <span className="max-sm:sr-only">precision {formatPercent(after, 0)}</span>}
          <Link href="/alerts" className="hover:text-ink">
            all
          </Link>
        </>
      }
      flush
    >
      {newest.isPending ? (
        <LoadingRows rows={3} label="Loading alerts" />
      ) : newest.isError && !newest.data ? (
        <ErrorState what="The alerts could not be loaded" error={newest.error} retry={() => void newest.refetch()} />
      ) : groups.length === 0 ? (
        <p className="border-t border-line px-4 py-3 text-second">Nothing fires.</p>
      ) : (
        <Rows>
          {groups.map((group) => (
            <GroupLine key={group.key} group={group} />
          ))}
        </Rows>
      )}
    </Panel>
  )
}
