'use client'
import { type FormEvent, useState } from 'react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { toast } from 'sonner'
import { type Outputs, useApi } from '../ui/api.tsx'
import { Badge } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { Field, Input, Select } from '../ui/field.tsx'
import { Panel, Rows } from '../ui/panel.tsx'
import { reportProblem } from '../ui/report-problem.ts'
import { type Role, useSession } from '../ui/session.ts'
import { ErrorState, LoadingRows } from '../ui/states.tsx'
import { Confirm } from './confirm.tsx'
import { roleOptions } from './roles.ts'
import { ShownOnce } from './shown-once.tsx'

type UserRow = Outputs['settings']['users']['list'][number]

export function People() {
  const api = useApi()
  const { user: me } = useSession()
  const users = useQuery(api.settings.users.list.queryOptions())
  const [email, setEmail] = useState('')
  const [role, setRole] = useState<Role>('operator')
  const [link, setLink] = useState<string | null>(null)
  const [disabling, setDisabling] = useState<UserRow | null>(null)
  const refresh = (): void => void users.refetch()
  const invite = useMutation(
    api.settings.users.invite.mutationOptions({
      onSuccess: (made) => {
        setLink(made.link)
        setEmail('')
      },
      onError: reportProblem('The invitation was not made'),
    }),
  )
  const changeRole = useMutation(
    api.settings.users.setRole.mutationOptions({
      onSuccess: () => toast.success('The role is changed'),
      onError: reportProblem('The role was not changed'),
      onSettled: refresh,
    }),
  )
  const disable = useMutation(
    api.settings.users.disable.mutationOptions({
      onError: reportProblem('The account was not changed'),
      onSettled: () => {
        setDisabling(null)
        refresh()
      },
    }),
  )
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    invite.mutate({ email: email.trim(), role })
  }
  return (
    <div className="mt-4 space-y-4">
      <Panel title="Invite someone">
        <form className="flex flex-wrap items-end gap-3" onSubmit={submit}>
          <div className="min-w-56 flex-1">
            <Field label="E-mail address">
              {(control) => (
                <Input
                  {...control}
                  type="email"
                  required
                  value={email}
                  onChange={(event) => setEmail(event.target.value)}
                />
              )}
            </Field>
          </div>
          <div className="w-40">
            <Field label="Role">
              {(control) => <Select<Role> {...control} value={role} onChange={setRole} options={roleOptions} />}
            </Field>
          </div>
          <Button type="submit" variant="primary" busy={invite.isPending}>
            Make invitation
          </Button>
        </form>
      </Panel>
      <Panel title="People" flush>
        {users.isPending ? (
          <LoadingRows rows={3} label="Loading people" />
        ) : users.isError ? (
          <ErrorState what="People could not be loaded" error={users.error} retry={refresh} />
        ) : (
          <Rows>
            {users.data.map((row) => (
              <li key={row.id} className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 py-2.5">
                <div className="min-w-0 flex-1 basis-56">
                  <p className="flex items-center gap-2">
                    <b className="font-semibold">{row.name}</b>
                    {row.id === me?.id && <span className="text-sm text-third">you</span>}
                    {row.disabledAt && <Badge tone="cancelled">disabled</Badge>}
                  </p>
                  <p className="truncate text-sm text-second">{row.email}</p>
                </div>
                <Select<Role>
                  aria-label={`Role of ${row.name}`}
                  className="w-32"
                  value={row.role}
                  onChange={(next) => changeRole.mutate({ id: row.id, role: next })}
                  options={roleOptions}
                />
                {row.disabledAt ? (
                  <Button
                    size="small"
                    busy={disable.isPending}
                    onClick={() => disable.mutate({ id: row.id, disabled: false })}
                  >
                    Enable
                  </Button>
                ) : (
                  <Button
                    size="small"
                    variant="danger"
                    disabledReason={row.id === me?.id ? 'You cannot disable yourself.' : null}
                    onClick={() => setDisabling(row)}
                  >
                    Disable
                  </Button>
                )}
              </li>
            ))}
          </Rows>
        )}
      </Panel>
      {link && (
        <ShownOnce
          title="Invitation"
          text="Send this link to the person. It works once, within 3 days."
          value={link}
          close={() => setLink(null)}
        />
      )}
      <Confirm
        open={disabling !== null}
        title={`Disable ${disabling?.name ?? ''}?`}
        text="Their sessions end at once and their API tokens stop working. You can enable them again."
        verb="Disable"
        busy={disable.isPending}
        close={() => setDisabling(null)}
        confirm={() => disabling && disable.mutate({ id: disabling.id, disabled: true })}
      />
    </div>
  )
}
