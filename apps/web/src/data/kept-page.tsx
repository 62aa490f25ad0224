'use client'
/** A computed answer that someone kept: as it was then. */
import { useQuery } from '@tanstack/react-query'
import { useApi } from '../ui/api.tsx'
import { ButtonLink } from '../ui/button.tsx'
import { Panel } from '../ui/panel.tsx'
import { ErrorState, LoadingRows } from '../ui/states.tsx'
import { Time } from '../ui/time.tsx'
import { ComputedResult } from './computed-result.tsx'
import { DataShell } from './data-shell.tsx'
import { QueryText } from './query-text.tsx'

export function KeptPage({ id }: { id: string }) {
  const api = useApi()
  const kept = useQuery(api.data.kept.queryOptions({ id }))
  return (
    <DataShell crumbs={[{ title: 'Compute', href: '/data/compute' }, { title: 'Kept answer' }]}>
      {kept.isPending ? (
        <LoadingRows rows={6} label="Loading the kept answer" />
      ) : kept.isError ? (
        <Panel>
          <ErrorState what="It could not be opened" error={kept.error} className="px-0" />
          <ButtonLink href="/data/compute">Compute anew</ButtonLink>
        </Panel>
      ) : (
        <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_340px]">
          <Panel
            title="Answer"
            aside={
              <>
                as of <Time at={kept.data.createdAt} />, kept until <Time at={kept.data.expiresAt} />
              </>
            }
          >
            <ComputedResult result={kept.data.result} span={spanOf(kept.data.ask.range)} />
          </Panel>
          <Panel title="What was asked">
            <QueryText text={JSON.stringify(kept.data.ask, null, 2)} />
          </Panel>
        </div>
      )}
    </DataShell>
  )
}

function spanOf({ from, to }: { from: string | number; to: string | number }): { from: number; to: number } {
  const ms = (value: string | number): number => (typeof value === 'number' ? value : Date.parse(value))
  return { from: ms(from), to: ms(to) }
}
