'use client'
import { useQuery } from '@tanstack/react-query'
import { type Outputs, useApi } from '../ui/api.tsx'
import { formatPercent, plural } from '../ui/figures.ts'
import { Panel } from '../ui/panel.tsx'
import { ErrorState, LoadingRows } from '../ui/states.tsx'
import { Time } from '../ui/time.tsx'

type Precision = Outputs['alerts']['precision']

/** How many of the alerts that people are told of are real, before and after they are judged. */
export function PrecisionPanel() {
  const api = useApi()
  const precision = useQuery(api.alerts.precision.queryOptions(undefined, { refetchInterval: 30_000 }))
  return (
    <Panel title="Precision" aside="real of all told">
      {precision.data ? (
        <Figures precision={precision.data} />
      ) : precision.isError ? (
        <ErrorState
          what="The precision could not be loaded"
          error={precision.error}
          retry={() => void precision.refetch()}
          className="px-0"
        />
      ) : (
        <LoadingRows rows={2} label="Loading the precision" />
      )}
    </Panel>
  )
}

function Figures({ precision }: { precision: Precision }) {
  const { before, after, labelled, basis, reduction, alerts, pages, since } = precision
  if (alerts === 0) return <p className="text-second">No alert was judged yet. The figures begin with the first.</p>
  return (
    <>
      <dl className="flex items-end gap-6">
        <div>
          <dt className="text-sm text-third">before</dt>
          <dd className="figures text-2xl font-bold text-second">{share(before)}</dd>
        </div>
        <div>
          <dt className="pl-5 text-sm text-third">after</dt>
          <dd className="figures text-2xl font-bold">
            <span aria-hidden className="mr-4 -ml-2 text-base font-normal text-third">
              →
            </span>
            {share(after)}
          </dd>
        </div>
      </dl>
      <p className="mt-2 text-second text-pretty">
        {basis === 'labels'
          ? `Rests on ${plural(labelled, 'labelled group')}${labelled < enough ? ': too few to be sure of. Label more.' : '.'}`
          : 'Nobody labelled a group yet: the judge is measured by its own word, which proves nothing. Label some.'}
      </p>
      <p className="mt-1 text-sm text-third">
        {plural(pages, 'alert')} of {alerts.toLocaleString('en-GB')} told
        {reduction !== null && `, ${formatPercent(reduction, 0)} fewer`} · since <Time at={since} />
      </p>
    </>
  )
}

/** Below this a share may swing by ten points and more by chance. */
const enough = 30

function share(value: number | null): string {
  return value === null ? '–' : formatPercent(value, 0)
}
