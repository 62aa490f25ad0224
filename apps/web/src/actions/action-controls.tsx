'use client'
import { useState } from 'react'
import { useMutation } from '@tanstack/react-query'
import { toast } from 'sonner'
import { useApi } from '../ui/api.tsx'
import { Button, type ButtonSize } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Field, Select } from '../ui/field.tsx'
import { ReasonField } from '../ui/reason-field.tsx'
import { reportProblem } from '../ui/report-problem.ts'
import { useSession } from '../ui/session.ts'
import { Countdown } from '../ui/time.tsx'
import { actionWord, type LedgerEntry } from './action-words.ts'

type Controlled = Pick<LedgerEntry, 'id' | 'title' | 'status' | 'leaseUntil' | 'revertible'>
type Asking = 'revert' | 'renew' | 'keep'

/** What people do with an action in effect: end it early, let it last longer, or let it stay. */
export function ActionControls({ action, size = 'medium' }: { action: Controlled; size?: ButtonSize }) {
  const { lacks } = useSession()
  const [asking, setAsking] = useState<Asking | null>(null)
  const close = (): void => setAsking(null)
  const { status, revertible } = action
  const open = status === 'done' || status === 'unknown' || status === 'reverting'
  if (!open || !revertible) return null
  const why = lacks('operator')
  return (
    <div className="flex flex-wrap gap-2">
      <Button size={size} disabledReason={why} onClick={() => setAsking('revert')}>
        Revert now
      </Button>
      {status === 'done' && (
        <>
          <Button size={size} disabledReason={why} onClick={() => setAsking('renew')}>
            Renew…
          </Button>
          <Button size={size} disabledReason={why} onClick={() => setAsking('keep')}>
            Keep…
          </Button>
        </>
      )}
      {asking === 'revert' && <RevertDialog action={action} close={close} />}
      {asking === 'renew' && <RenewDialog action={action} close={close} />}
      {asking === 'keep' && <KeepDialog action={action} close={close} />}
    </div>
  )
}

interface AskProps {
  action: Controlled
  close: () => void
}

function RevertDialog({ action, close }: AskProps) {
  const api = useApi()
  const revert = useMutation(
    api.actions.revert.mutationOptions({
      onSuccess: ({ status }) =>
        status === 'reverted'
          ? toast.success('Put back as it was found')
          : toast(`The action is ${actionWord(status)}`),
      onError: reportProblem('It is not put back yet'),
      onSettled: close,
    }),
  )
  return (
    <Dialog
      open
      onOpenChange={close}
      title="Revert now?"
      description={action.title}
      footer={
        <>
          <Button onClick={close}>Cancel</Button>
          <Button variant="primary" busy={revert.isPending} onClick={() => revert.mutate({ id: action.id })}>
            Revert now
          </Button>
        </>
      }
    >
      <p className="text-second">
        The target gets back what was found before the action. What somebody else changed since is not overwritten.
        {action.status === 'done' && action.leaseUntil && (
          <>
            {' '}
            By itself it reverts in <Countdown until={action.leaseUntil} />.
          </>
        )}
      </p>
    </Dialog>
  )
}

const renewals = [15, 30, 60, 120].map((minutes) => ({ value: String(minutes), label: `${minutes} min from now` }))

function RenewDialog({ action, close }: AskProps) {
  const api = useApi()
  const [minutes, setMinutes] = useState('30')
  const renew = useMutation(
    api.actions.renew.mutationOptions({
      onSuccess: () => toast.success('The lease is renewed'),
      onError: reportProblem('The lease was not renewed'),
      onSettled: close,
    }),
  )
  return (
    <Dialog
      open
      onOpenChange={close}
      title="Let it last longer?"
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
  )
}

/** Keeps an action: also one of which nobody knows what it did. */
export function KeepDialog({ action, close }: AskProps) {
  const api = useApi()
  const [reason, setReason] = useState('')
  const keep = useMutation(
    api.actions.keep.mutationOptions({
      onSuccess: () => toast.success('It stays for good'),
      onError: reportProblem('It is not kept'),
      onSettled: close,
    }),
  )
  return (
    <Dialog
      open
      onOpenChange={close}
      title="Keep it for good?"
      description={action.title}
      footer={
        <>
          <Button onClick={close}>Cancel</Button>
          <Button
            variant="danger-solid"
            busy={keep.isPending}
            disabledReason={reason.trim() === '' && 'Say why first: others will ask.'}
            onClick={() => keep.mutate({ id: action.id, reason })}
          >
            Keep for good
          </Button>
        </>
      }
    >
      <p className="mb-3 text-second">
        Nothing puts it back any more: not its lease, not its run, not a bound on a measure. This cannot be taken back.
      </p>
      <ReasonField value={reason} onChange={setReason} />
    </Dialog>
  )
}
