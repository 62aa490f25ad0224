'use client'
import { type FormEvent, useState } from 'react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { X } from 'lucide-react'
import { toast } from 'sonner'
import { useApi } from '../ui/api.tsx'
import { Badge } from '../ui/badge.tsx'
import { Button, IconButton } from '../ui/button.tsx'
import { Field, Input } from '../ui/field.tsx'
import { Panel, Rows } from '../ui/panel.tsx'
import { reportProblem } from '../ui/report-problem.ts'
import { ErrorState, LoadingRows } from '../ui/states.tsx'

const wanted = /^[a-z][a-z0-9-]{0,30}$/

/** Where versions of runbooks can be live. */
export function Environments() {
  const api = useApi()
  const environments = useQuery(api.environments.list.queryOptions())
  const [name, setName] = useState('')
  const save = useMutation(
    api.environments.save.mutationOptions({
      onSuccess: () => {
        toast.success('The environments are saved')
        setName('')
      },
      onError: reportProblem('The environments were not changed'),
      onSettled: () => environments.refetch(),
    }),
  )
  const names = environments.data ?? []
  const error =
    name === '' || wanted.test(name)
      ? names.includes(name)
        ? 'It is in the list already.'
        : null
      : 'Use lower-case letters, digits and dashes; begin with a letter; at most 31 characters.'
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (name !== '' && error === null) save.mutate({ names: [...names, name] })
  }
  return (
    <div className="mt-4 space-y-4">
      <Panel title="Environments" flush>
        {environments.isPending ? (
          <LoadingRows rows={2} label="Loading environments" />
        ) : environments.isError ? (
          <ErrorState
            what="The environments could not be loaded"
            error={environments.error}
            retry={() => void environments.refetch()}
          />
        ) : (
          <Rows>
            {names.map((one) => (
              <li key={one} className="flex items-center gap-3 px-4 py-2">
                <code className="font-mono">{one}</code>
                {one === 'production' ? (
                  <Badge className="ml-auto">used when none is named</Badge>
                ) : (
                  <IconButton
                    size="small"
                    variant="ghost"
                    className="ml-auto"
                    label={`Remove ${one}`}
                    busy={save.isPending}
                    onClick={() => save.mutate({ names: names.filter((other) => other !== one) })}
                  >
                    <X aria-hidden className="size-3.5" />
                  </IconButton>
                )}
              </li>
            ))}
          </Rows>
        )}
      </Panel>
      <Panel title="New environment">
        <form className="flex flex-wrap items-start gap-3" onSubmit={submit}>
          <div className="min-w-48 flex-1">
            <Field label="Name" error={error} hint="A version of a runbook can be live in each.">
              {(control) => (
                <Input
                  {...control}
                  className="w-full font-mono"
                  placeholder="e.g. staging"
                  value={name}
                  onChange={(event) => setName(event.target.value)}
                />
              )}
            </Field>
          </div>
          <Button
            type="submit"
            variant="primary"
            className="mt-5.5"
            busy={save.isPending}
            disabledReason={name === '' ? 'Write a name.' : error}
          >
            Add
          </Button>
        </form>
      </Panel>
    </div>
  )
}
