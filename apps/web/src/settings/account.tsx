'use client'
import { type FormEvent, useState } from 'react'
import { useMutation } from '@tanstack/react-query'
import { LogOut } from 'lucide-react'
import { toast } from 'sonner'
import { useApi } from '../ui/api.tsx'
import { Button } from '../ui/button.tsx'
import { Field, Input, Select } from '../ui/field.tsx'
import { Facts, Panel } from '../ui/panel.tsx'
import { readProblem } from '../ui/problem.ts'
import { useSession } from '../ui/session.ts'
import { signOut } from '../ui/sign-out.ts'
import { setTheme, type ThemeChoice, useTheme } from '../ui/theme.ts'
import type { Zone } from '../ui/time-format.ts'
import { setZone, useZone } from '../ui/zone.ts'

/** Who you are, your password, and how this browser shows things. */
export function Account() {
  const { user } = useSession()
  const { choice } = useTheme()
  const zone = useZone()
  return (
    <div className="mt-4 space-y-4">
      <Panel
        title="You"
        aside={
          <Button size="small" icon={<LogOut aria-hidden className="size-3.5" />} onClick={() => void signOut()}>
            Sign out
          </Button>
        }
      >
        {user && (
          <Facts
            items={[
              { label: 'name', value: user.name },
              { label: 'e-mail', value: user.email },
              { label: 'role', value: user.role },
            ]}
          />
        )}
      </Panel>
      <Password />
      <Panel title="This browser">
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label="Theme">
            {(control) => (
              <Select<ThemeChoice>
                {...control}
                value={choice}
                onChange={setTheme}
                options={[
                  { value: 'system', label: 'As the system' },
                  { value: 'light', label: 'Light' },
                  { value: 'dark', label: 'Dark' },
                ]}
              />
            )}
          </Field>
          <Field label="Times are shown in">
            {(control) => (
              <Select<Zone>
                {...control}
                value={zone}
                onChange={setZone}
                options={[
                  { value: 'browser', label: 'the zone of this browser' },
                  { value: 'utc', label: 'UTC' },
                ]}
              />
            )}
          </Field>
        </div>
      </Panel>
    </div>
  )
}

function Password() {
  const api = useApi()
  const [current, setCurrent] = useState('')
  const [password, setPassword] = useState('')
  const change = useMutation(
    api.session.setPassword.mutationOptions({
      onSuccess: () => {
        toast.success('The password is set')
        setCurrent('')
        setPassword('')
      },
    }),
  )
  const problem = change.error ? readProblem(change.error) : null
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    change.mutate({ password, ...(current ? { current } : {}) })
  }
  return (
    <Panel title="Password">
      <form className="grid items-end gap-4 sm:grid-cols-[1fr_1fr_auto]" onSubmit={submit}>
        <Field label="Current password" optional hint="Empty when you came by a one-time link.">
          {(control) => (
            <Input
              {...control}
              type="password"
              autoComplete="current-password"
              value={current}
              onChange={(event) => setCurrent(event.target.value)}
            />
          )}
        </Field>
        <Field
          label="New password"
          hint="At least 10 characters."
          error={problem && `${problem.message} ${problem.fix}`}
        >
          {(control) => (
            <Input
              {...control}
              type="password"
              required
              minLength={10}
              autoComplete="new-password"
              value={password}
              onChange={(event) => setPassword(event.target.value)}
            />
          )}
        </Field>
        <Button type="submit" className="sm:mb-6" busy={change.isPending}>
          Set password
        </Button>
      </form>
    </Panel>
  )
}
