'use client'
import { type FormEvent, useState } from 'react'
import { useMutation } from '@tanstack/react-query'
import type { inferRouterOutputs } from '@trpc/server'
import { toast } from 'sonner'
import type { AppRouter } from '../server/api/router.ts'
import { useApi } from '../ui/api.tsx'
import { Button } from '../ui/button.tsx'
import { Field, Input } from '../ui/field.tsx'
import { Panel } from '../ui/panel.tsx'
import { reportProblem } from '../ui/report-problem.ts'

type Policy = inferRouterOutputs<AppRouter>['actionRules']['get']['policy']

/** A number of the policy as people write it. Empty: no limit, where that may be. */
interface Limit {
  label: string
  hint: string
  /** What it is counted in. */
  unit: string
  /** May be left empty. */
  optional?: boolean
  whole?: boolean
  from: number
  to: number
  read: (policy: Policy) => number | null
  write: (policy: Policy, value: number | null) => Policy
}

const hour = 3600
const rate = (count: number | null, held: { seconds: number } | null) =>
  count === null ? null : { count, seconds: held?.seconds ?? hour }
const span = (held: { seconds: number } | null): string =>
  held && held.seconds !== hour ? `in ${held.seconds} s` : 'an hour'

function limitsOf({ rates, flap, blastRadius }: Policy): Limit[] {
  const radius = { servers: 1, share: 0.5, rows: 1000, ...blastRadius }
  return [
    {
      label: 'Healthy servers that remain',
      hint: 'Of each service, read again right before each call.',
      unit: 'servers',
      from: 1,
      to: 1000,
      whole: true,
      read: ({ capacity }) => capacity.minimumServers,
      write: (policy, value) => ({ ...policy, capacity: { ...policy.capacity, minimumServers: value ?? 2 } }),
    },
    {
      label: 'Fullest server afterwards',
      hint: 'Of what a server can carry.',
      unit: '%',
      from: 10,
      to: 100,
      read: ({ capacity }) => Math.round(capacity.maximumUtilisation * 100),
      write: (policy, value) => ({
        ...policy,
        capacity: { ...policy.capacity, maximumUtilisation: (value ?? 80) / 100 },
      }),
    },
    {
      label: 'A server carries',
      hint: 'What the load is judged by.',
      unit: 'requests/s',
      from: 0.001,
      to: 1_000_000,
      read: ({ capacity }) => capacity.requestsPerSecondPerServer,
      write: (policy, value) => ({
        ...policy,
        capacity: { ...policy.capacity, requestsPerSecondPerServer: value ?? 10 },
      }),
    },
    {
      label: 'Blast radius',
      hint: 'Share of a service that one action may touch; one server is always allowed. Empty: no limit.',
      unit: '%',
      optional: true,
      from: 0,
      to: 100,
      read: (policy) => policy.blastRadius && Math.round(policy.blastRadius.share * 100),
      write: (policy, value) => ({
        ...policy,
        blastRadius: value === null ? null : { ...radius, share: value / 100 },
      }),
    },
    {
      label: 'Actions in all',
      hint: 'Silences and incidents are counted apart. Empty: no limit.',
      unit: span(rates.all),
      optional: true,
      whole: true,
      from: 0,
      to: 10_000,
      read: (policy) => policy.rates.all?.count ?? null,
      write: (policy, value) => ({ ...policy, rates: { ...policy.rates, all: rate(value, rates.all) } }),
    },
    {
      label: 'Actions of a runbook',
      hint: 'Empty: no limit.',
      unit: span(rates.runbook),
      optional: true,
      whole: true,
      from: 0,
      to: 10_000,
      read: (policy) => policy.rates.runbook?.count ?? null,
      write: (policy, value) => ({ ...policy, rates: { ...policy.rates, runbook: rate(value, rates.runbook) } }),
    },
    {
      label: 'Actions on a target',
      hint: 'Empty: no limit.',
      unit: span(rates.target),
      optional: true,
      whole: true,
      from: 0,
      to: 10_000,
      read: (policy) => policy.rates.target?.count ?? null,
      write: (policy, value) => ({ ...policy, rates: { ...policy.rates, target: rate(value, rates.target) } }),
    },
    {
      label: 'The same again',
      hint: 'One kind on one target; after that it does not help, and a person looks. Empty: no limit.',
      unit: span(flap),
      optional: true,
      whole: true,
      from: 0,
      to: 10_000,
      read: (policy) => policy.flap?.count ?? null,
      write: (policy, value) => ({ ...policy, flap: rate(value, flap) }),
    },
    {
      label: 'Evidence may be as old as',
      hint: 'When the target is touched; time for the approval is in it.',
      unit: 'min',
      from: 1,
      to: 1440,
      read: (policy) => Math.round(policy.evidenceSeconds / 60),
      write: (policy, value) => ({ ...policy, evidenceSeconds: Math.round((value ?? 30) * 60) }),
    },
    {
      label: 'Approved successes before automatic',
      hint: 'In a row, without one that failed, ended unknown or did harm.',
      unit: 'actions',
      whole: true,
      from: 0,
      to: 1000,
      read: ({ autonomy }) => autonomy.supervisedSuccesses,
      write: (policy, value) => ({ ...policy, autonomy: { ...policy.autonomy, supervisedSuccesses: value ?? 5 } }),
    },
  ]
}

/** Limits that hold for every action. */
export function ActionLimits({ policy, onChanged }: { policy: Policy; onChanged: () => void }) {
  const api = useApi()
  const limits = limitsOf(policy)
  const [texts, setTexts] = useState(() => limits.map((limit) => String(limit.read(policy) ?? '')))
  const save = useMutation(
    api.actionRules.setPolicy.mutationOptions({
      onSuccess: () => toast.success('The limits are saved and hold from the next call on'),
      onError: reportProblem('The limits were not changed'),
      onSettled: onChanged,
    }),
  )
  const errors = limits.map((limit, index) => problemOf(limit, texts[index] ?? ''))
  const isSame = limits.every((limit, index) => String(limit.read(policy) ?? '') === (texts[index] ?? '').trim())
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (errors.some((error) => error !== null)) return
    const wanted = limits.reduce((so, limit, index) => {
      const text = (texts[index] ?? '').trim()
      // What nobody touched stays as it is, also where the form shows it rounded.
      return text === String(limit.read(policy) ?? '') ? so : limit.write(so, text === '' ? null : Number(text))
    }, policy)
    save.mutate({ policy: wanted })
  }
  return (
    <Panel title="Limits of every action">
      <form className="space-y-4" onSubmit={submit}>
        <p className="text-sm text-third">No runbook can loosen one. What would break one is refused as a whole.</p>
        <div className="grid gap-4 sm:grid-cols-2">
          {limits.map((limit, index) => (
            <Field key={limit.label} label={limit.label} hint={limit.hint} error={errors[index] ?? null}>
              {(control) => (
                <span className="flex items-center gap-2">
                  <Input
                    {...control}
                    inputMode="decimal"
                    className="w-24 text-right font-mono"
                    placeholder={limit.optional ? 'none' : undefined}
                    value={texts[index] ?? ''}
                    onChange={(event) => setTexts(texts.with(index, event.target.value))}
                  />
                  <span className="text-sm text-second">{limit.unit}</span>
                </span>
              )}
            </Field>
          ))}
        </div>
        <Button
          type="submit"
          variant="primary"
          busy={save.isPending}
          disabledReason={errors.find((error) => error !== null) ?? (isSame ? 'Nothing is changed.' : null)}
        >
          Save limits
        </Button>
      </form>
    </Panel>
  )
}

function problemOf({ optional, whole, from, to }: Limit, text: string): string | null {
  if (text.trim() === '') return optional ? null : 'Write a number.'
  const value = Number(text)
  if (!Number.isFinite(value) || value < from || value > to) return `Write a number from ${from} to ${to}.`
  return whole && !Number.isInteger(value) ? 'Write a whole number.' : null
}
