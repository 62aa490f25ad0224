'use client'
import { type FormEvent, useState } from 'react'
import { useMutation } from '@tanstack/react-query'
import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server'
import { toast } from 'sonner'
import Link from 'next/link'
import type { AppRouter } from '../server/api/router.ts'
import { actionKinds, actionKindWord } from '../ui/action-kinds.ts'
import { useApi } from '../ui/api.tsx'
import { Badge } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { Field, Input, Select } from '../ui/field.tsx'
import { Panel, Rows } from '../ui/panel.tsx'
import { ReasonField } from '../ui/reason-field.tsx'
import { reportProblem } from '../ui/report-problem.ts'

type Row = inferRouterOutputs<AppRouter>['actionRules']['get']['autonomies'][number]
type Grant = inferRouterInputs<AppRouter>['actionRules']['grant']

const levels: { value: Grant['level']; label: string; note: string }[] = [
  { value: 'observe', label: 'Observe', note: 'shown only' },
  { value: 'suggest', label: 'Suggest', note: 'people do it' },
  { value: 'approve', label: 'Approve', note: 'with an approval' },
  { value: 'automatic', label: 'Automatic', note: 'by itself' },
]

/** Silences have a switch of their own. */
const kinds = (Object.keys(actionKinds) as Grant['kind'][])
  .filter((value) => value !== 'silence')
  .map((value) => ({ value, label: actionKinds[value] }))

/** How far each runbook is trusted. */
export function ActionAutonomy({ rows, needed, onChanged }: { rows: Row[]; needed: number; onChanged: () => void }) {
  return (
    <Panel title="What runbooks may do alone" flush>
      {rows.length === 0 ? (
        <p className="px-4 pb-4 text-sm text-third">
          No runbook has acted yet. Until somebody says otherwise, each action needs an approval.
        </p>
      ) : (
        <Rows>
          {rows.map((row) => (
            <li key={`${row.runbook}/${row.kind}`} className="flex flex-wrap items-baseline gap-x-3 gap-y-1 px-4 py-2">
              <code className="font-mono">{row.runbook}</code>
              <span className="text-second">{actionKindWord(row.kind)}</span>
              <Badge className="ml-auto">{levels.find(({ value }) => value === row.level)?.label ?? row.level}</Badge>
              <p className="w-full text-sm text-third">
                {row.demotedBy ? (
                  <>
                    No longer automatic since{' '}
                    <Link className="underline" href={`/actions/${row.demotedBy.action}`}>
                      {row.demotedBy.title}
                    </Link>{' '}
                    ended {row.demotedBy.status}.{' '}
                  </>
                ) : (
                  row.granted && `${row.granted.by}: ${row.granted.reason}. `
                )}
                {row.supervisedSuccesses} approved actions went well in a row
                {row.level === 'automatic' ? '.' : `, ${needed} are needed for automatic.`}
              </p>
            </li>
          ))}
        </Rows>
      )}
      <GrantForm onChanged={onChanged} />
    </Panel>
  )
}

function GrantForm({ onChanged }: { onChanged: () => void }) {
  const api = useApi()
  const [runbook, setRunbook] = useState('')
  const [kind, setKind] = useState<Grant['kind']>('traffic-switch')
  const [level, setLevel] = useState<Grant['level']>('approve')
  const [reason, setReason] = useState('')
  const grant = useMutation(
    api.actionRules.grant.mutationOptions({
      onSuccess: () => {
        toast.success('The level is granted')
        setReason('')
      },
      onError: reportProblem('The level was not granted'),
      onSettled: onChanged,
    }),
  )
  const missing = runbook.trim() === '' ? 'Name the runbook.' : reason.trim() === '' ? 'Say why.' : null
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (missing === null) grant.mutate({ runbook: runbook.trim(), kind, level, reason: reason.trim() })
  }
  return (
    <form className="grid gap-3 border-t border-line p-4 sm:grid-cols-2" onSubmit={submit}>
      <Field label="Runbook">
        {(control) => (
          <Input
            {...control}
            className="w-full font-mono"
            placeholder="e.g. payment-drop"
            value={runbook}
            onChange={(event) => setRunbook(event.target.value)}
          />
        )}
      </Field>
      <Field label="Kind of action">
        {(control) => <Select {...control} className="w-full" value={kind} onChange={setKind} options={kinds} />}
      </Field>
      <Field label="Level" hint="Up by one level at a time, down at once.">
        {(control) => <Select {...control} className="w-full" value={level} onChange={setLevel} options={levels} />}
      </Field>
      <ReasonField value={reason} onChange={setReason} />
      <Button
        type="submit"
        variant="primary"
        className="justify-self-start"
        busy={grant.isPending}
        disabledReason={missing}
      >
        Grant level
      </Button>
    </form>
  )
}
