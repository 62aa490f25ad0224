'use client'
import { useQuery } from '@tanstack/react-query'
import { useApi } from '../ui/api.tsx'
import { Field, Select } from '../ui/field.tsx'
import { ErrorState, LoadingRows } from '../ui/states.tsx'
import { DiffList } from './diff-list.tsx'
import type { RunbookDetail } from './runbook-detail.ts'

interface Pair {
  from: string
  to: string
}

/** Any two states of a runbook side by side, in words. */
export function CompareVersions(props: { runbook: RunbookDetail; pair: Pair; setPair: (pair: Pair) => void }) {
  const { runbook, pair, setPair } = props
  const options = [
    { value: 'draft', label: 'the saved draft' },
    ...runbook.versions.map(({ number, note }) => ({
      value: String(number),
      label: `version ${number}`,
      ...(note ? { note } : {}),
    })),
  ]
  return (
    <section aria-label="Compare" className="rounded-lg border border-line p-3">
      <div className="mb-3 grid gap-3 sm:grid-cols-2">
        <Field label="From">
          {(control) => (
            <Select
              {...control}
              className="w-full"
              value={pair.from}
              onChange={(from) => setPair({ ...pair, from })}
              options={options}
            />
          )}
        </Field>
        <Field label="To">
          {(control) => (
            <Select
              {...control}
              className="w-full"
              value={pair.to}
              onChange={(to) => setPair({ ...pair, to })}
              options={options}
            />
          )}
        </Field>
      </div>
      <Difference runbook={runbook} {...pair} />
    </section>
  )
}

/** What makes `to` out of `from`. */
export function Difference({ runbook, from, to }: Pair & { runbook: Pick<RunbookDetail, 'name' | 'draft'> }) {
  const api = useApi()
  const reference = (text: string): 'draft' | number => (text === 'draft' ? 'draft' : Number(text))
  const asked = { name: runbook.name, from: reference(from), to: reference(to) }
  const compared = useQuery(
    // A saved draft changes; its revision keeps the answers apart.
    api.runbooks.diff.queryOptions(asked, {
      enabled: from !== to,
      staleTime: from === 'draft' || to === 'draft' ? 0 : Infinity,
    }),
  )
  if (from === to) return <p className="text-second">Choose two that differ.</p>
  if (compared.isError) {
    return <ErrorState what="They could not be compared" error={compared.error} retry={() => void compared.refetch()} />
  }
  if (!compared.data) return <LoadingRows rows={3} label="Comparing" />
  return (
    <DiffList
      lines={compared.data.lines}
      empty="Both run the same; only positions or comments differ."
      label="Differences"
    />
  )
}
