'use client'
import { type FormEvent, useState } from 'react'
import { useRouter } from 'next/navigation'
import { useMutation } from '@tanstack/react-query'
import { History } from 'lucide-react'
import { type Inputs, useApi } from '../ui/api.tsx'
import { Button } from '../ui/button.tsx'
import { Field, Input, Select } from '../ui/field.tsx'
import { useNow } from '../ui/now.ts'
import { Panel } from '../ui/panel.tsx'
import { readProblem } from '../ui/problem.ts'
import { useSession } from '../ui/session.ts'

type What = 'live' | 'draft'
type Which = 'range' | 'alerts'
type Span = '6' | '24' | '72' | '168'
type Every = '5m' | '15m' | '1h' | '4h'

const whats: { value: What; label: string }[] = [
  { value: 'live', label: 'The live version' },
  { value: 'draft', label: 'The draft' },
]
const whiches: { value: Which; label: string }[] = [
  { value: 'range', label: 'A range of time' },
  { value: 'alerts', label: 'The last alerts' },
]
const spans: { value: Span; label: string }[] = [
  { value: '6', label: 'Last 6 hours' },
  { value: '24', label: 'Last 24 hours' },
  { value: '72', label: 'Last 3 days' },
  { value: '168', label: 'Last 7 days' },
]
const everys: { value: Every; label: string }[] = [
  { value: '5m', label: 'every 5 minutes' },
  { value: '15m', label: 'every 15 minutes' },
  { value: '1h', label: 'every hour' },
  { value: '4h', label: 'every 4 hours' },
]

/** Chooses the plan and the moments, and starts. */
export function StartBacktest({ name, published }: { name: string; published: boolean }) {
  const api = useApi()
  const router = useRouter()
  const now = useNow()
  const { lacks } = useSession()
  const [what, setWhat] = useState<What>(published ? 'live' : 'draft')
  const [which, setWhich] = useState<Which>('range')
  const [span, setSpan] = useState<Span>('24')
  const [every, setEvery] = useState<Every>('1h')
  const [alerts, setAlerts] = useState(20)
  const start = useMutation(
    api.backtests.start.mutationOptions({
      onSuccess: ({ id }) => router.push(`/runbooks/${name}/backtests/${id}`),
    }),
  )
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    const cases: Inputs['backtests']['start']['cases'] =
      which === 'alerts'
        ? { alerts }
        : {
            from: new Date(now - Number(span) * 3_600_000).toISOString(),
            to: new Date(now).toISOString(),
            every,
          }
    start.mutate({ runbook: name, ...(what === 'draft' ? { draft: true } : {}), cases })
  }
  const problem = start.error ? readProblem(start.error) : null
  const notPublished = what === 'live' && !published ? 'Nothing is published yet.' : null
  return (
    <Panel title="New backtest">
      <form onSubmit={submit} className="flex flex-wrap items-end gap-4">
        <Field label="What runs">
          {(control) => <Select<What> {...control} className="w-44" value={what} onChange={setWhat} options={whats} />}
        </Field>
        <Field label="Over">
          {(control) => (
            <Select<Which> {...control} className="w-44" value={which} onChange={setWhich} options={whiches} />
          )}
        </Field>
        {which === 'range' ? (
          <>
            <Field label="Range">
              {(control) => (
                <Select<Span> {...control} className="w-40" value={span} onChange={setSpan} options={spans} />
              )}
            </Field>
            <Field label="How often">
              {(control) => (
                <Select<Every> {...control} className="w-44" value={every} onChange={setEvery} options={everys} />
              )}
            </Field>
          </>
        ) : (
          <Field label="How many">
            {(control) => (
              <Input
                {...control}
                type="number"
                className="w-28"
                min={1}
                max={1000}
                required
                value={alerts}
                onChange={(event) => setAlerts(event.target.valueAsNumber || 1)}
              />
            )}
          </Field>
        )}
        <Button
          type="submit"
          variant="primary"
          icon={<History aria-hidden className="size-3.5" />}
          busy={start.isPending}
          disabledReason={lacks('operator') ?? notPublished}
        >
          Start
        </Button>
      </form>
      {problem && (
        <p role="alert" className="mt-3 text-abnormal">
          {problem.message} {problem.fix}
        </p>
      )}
      <p className="mt-3 text-sm text-third">
        Reads ask with the clock of each moment. Nothing is changed outside and nobody is asked: approvals expire.
        Parameters take their defaults.
      </p>
    </Panel>
  )
}
