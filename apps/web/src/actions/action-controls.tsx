'use client'
import { useState } from 'react'
import { useMutation } from '@tanstack/react-query'
import { toast } from 'sonner'
import { type Outputs, useApi } from '../ui/api.tsx'
import { Button, type ButtonSize } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Field, Select } from '../ui/field.tsx'
import { reportProblem } from '../ui/report-problem.ts'
import { useSession } from '../ui/session.ts'
import { Countdown } from '../ui/time.tsx'

export type ActionRow = Outputs['actions']['list'][number]

const renewals = [15, 30, 60, 120].map((minutes) => ({ value: String(minutes), label: `${minutes} min from now` }))

/** What people do with an action in effect: end it early, or keep it longer. */
export function ActionControls({
  action,
  size = 'medium',
}: {
  action: Pick<ActionRow, 'id' | 'title' | 'status' | 'leaseUntil'>
  size?: ButtonSize
}) {
  const api = useApi()
  const { lacks } = useSession()
  const [asking, setAsking] = useState<'revert' | 'renew' | null>(null)
  const [minutes, setMinutes] = useState('30')
  const close = (): void => setAsking(null)
  const revert = useMutation(
    api.actions.revert.mutationOptions({
      onSuccess: ({ status }) =>
        toast.success(status === 'reverted' ? 'Put back as it was found' : `The action is ${status}`),
      onError: reportProblem('It is not put back yet'),
      onSettled: close,
    }),
  )
  const renew = useMutation(
    api.actions.renew.mutationOptions({
      onSuccess: () => toast.success('The lease is renewed'),
      onError: reportProblem('The lease was not renewed'),
      onSettled: close,
    }),
  )
  if (action.status !== 'done' && action.status !== 'unknown' && action.status !== 'reverting') return null
  const why = lacks('operator')
  return (
    <div className="flex flex-wrap gap-2">
      <Button size={size} disabledReason={why} busy={revert.isPending} onClick={() => setAsking('revert')}>
        Revert now
      </Button>
      {action.status === 'done' && (
        <Button size={size} disabledReason={why} busy={renew.isPending} onClick={() => setAsking('renew')}>
          Renew…
        </Button>
      )}
      <Dialog
        open={asking === 'revert'}
        onOpenChange={close}
        title="Revert now?"
        description={action.title}
        footer={
          <>
            <Button onClick={close}>Keep it</Button>
            <Button variant="primary" busy={revert.isPending} onClick={() => revert.mutate({ id: action.id })}>
              Revert now
            </Button>
          </>
        }
      >
        <p className="text-second">
          The target gets back what was found before the action. What somebody else changed since is not overwritten.
          {action.leaseUntil && (
            <>
              {' '}
              By itself it reverts in <Countdown until={action.leaseUntil} />.
            </>
          )}
        </p>
      </Dialog>
      <Dialog
        open={asking === 'renew'}
        onOpenChange={close}
        title="Keep it longer?"
        description={action.title}
        footer={
          <>
            <Button onClick={close}>Cancel</Button>
            <Button
              variant="primary"
              busy={renew.isPending}
              onClick={() => renew.mutate({ id: action.id, minutes: Number(minutes) })}
            >
              Renew
            </Button>
          </>
        }
      >
        <Field label="It then reverts by itself">
          {(control) => <Select {...control} value={minutes} onChange={setMinutes} options={renewals} />}
        </Field>
      </Dialog>
    </div>
  )
}
