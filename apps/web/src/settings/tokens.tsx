'use client'
import { type FormEvent, useState } from 'react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { KeyRound } from 'lucide-react'
import { toast } from 'sonner'
import { type Outputs, useApi } from '../ui/api.tsx'
import { Badge } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { Field, Input, Select } from '../ui/field.tsx'
import { Panel, Rows } from '../ui/panel.tsx'
import { reportProblem } from '../ui/report-problem.ts'
import type { Role } from '../ui/session.ts'
import { EmptyState, ErrorState, LoadingRows } from '../ui/states.tsx'
import { Time } from '../ui/time.tsx'
import { Confirm } from './confirm.tsx'
import { roleOptions } from './roles.ts'
import { ShownOnce } from './shown-once.tsx'

type TokenRow = Outputs['settings']['tokens']['list'][number]
const lives = [
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: '1 year' },
  { value: 'never', label: 'does not end' },
]

/** Tokens with which other systems start runs and report changes. */
export function Tokens() {
  const api = useApi()
  const tokens = useQuery(api.settings.tokens.list.queryOptions())
  const [name, setName] = useState('')
  const [role, setRole] = useState<Role>('operator')
  const [life, setLife] = useState('90')
  const [made, setMade] = useState<string | null>(null)
  const [revoking, setRevoking] = useState<TokenRow | null>(null)
  const refresh = (): void => void tokens.refetch()
  const create = useMutation(
    api.settings.tokens.create.mutationOptions({
      onSuccess: ({ token }) => {
        setMade(token)
        setName('')
      },
      onError: reportProblem('The token was not made'),
      onSettled: refresh,
    }),
  )
  const revoke = useMutation(
    api.settings.tokens.revoke.mutationOptions({
      onSuccess: () => toast.success('The token is revoked'),
      onError: reportProblem('The token was not revoked'),
      onSettled: () => {
        setRevoking(null)
        refresh()
      },
    }),
  )
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    create.mutate({ name: name.trim(), role, days: life === 'never' ? null : Number(life) })
  }
  return (
    <div className="mt-4 space-y-4">
      <Panel title="New token">
        <form className="flex flex-wrap items-end gap-3" onSubmit={submit}>
          <div className="min-w-48 flex-1">
            <Field label="What it is for">
              {(control) => (
                <Input
                  {...control}
                  required
                  maxLength={100}
                  placeholder="e.g. alertmanager"
                  value={name}
                  onChange={(event) => setName(event.target.value)}
                />
              )}
            </Field>
          </div>
          <div className="w-36">
            <Field label="Role">
              {(control) => <Select<Role> {...control} value={role} onChange={setRole} options={roleOptions} />}
            </Field>
          </div>
          <div className="w-36">
            <Field label="Ends after">
              {(control) => <Select {...control} value={life} onChange={setLife} options={lives} />}
            </Field>
          </div>
          <Button type="submit" variant="primary" busy={create.isPending}>
            Make token
          </Button>
        </form>
      </Panel>
      <Panel title="API tokens" flush>
        {tokens.isPending ? (
          <LoadingRows rows={3} label="Loading tokens" />
        ) : tokens.isError ? (
          <ErrorState what="The tokens could not be loaded" error={tokens.error} retry={refresh} />
        ) : tokens.data.length === 0 ? (
          <EmptyState icon={<KeyRound aria-hidden />} title="No token yet">
            Make one, and an alert can start a runbook.
          </EmptyState>
        ) : (
          <Rows>
            {tokens.data.map((row) => (
              <li key={row.id} className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 py-2.5">
                <div className="min-w-0 flex-1 basis-64">
                  <p className="flex items-center gap-2">
                    <b className="font-semibold">{row.name}</b>
                    <code className="font-mono text-sm text-third">{row.prefix}…</code>
                    <Badge shape={false}>{row.role}</Badge>
                    {row.revokedAt && <Badge tone="cancelled">revoked</Badge>}
                  </p>
                  <p className="text-sm text-third">
                    by {row.createdBy} ·{' '}
                    {row.lastUsedAt ? (
                      <>
                        last used <Time at={row.lastUsedAt} show="relative" />
                      </>
                    ) : (
                      'never used'
                    )}{' '}
                    ·{' '}
                    {row.expiresAt ? (
                      <>
                        ends <Time at={row.expiresAt} show="relative" />
                      </>
                    ) : (
                      'does not end'
                    )}
                  </p>
                </div>
                {!row.revokedAt && (
                  <Button size="small" variant="danger" onClick={() => setRevoking(row)}>
                    Revoke
                  </Button>
                )}
              </li>
            ))}
          </Rows>
        )}
      </Panel>
      {made && (
        <ShownOnce
          title="Your new token"
          text="It is shown only now; only its hash is kept."
          value={made}
          close={() => setMade(null)}
        />
      )}
      <Confirm
        open={revoking !== null}
        title={`Revoke ${revoking?.name ?? ''}?`}
        text="Whoever uses it is refused from now on. It cannot be taken back."
        verb="Revoke"
        busy={revoke.isPending}
        close={() => setRevoking(null)}
        confirm={() => revoking && revoke.mutate({ id: revoking.id })}
      />
    </div>
  )
}
