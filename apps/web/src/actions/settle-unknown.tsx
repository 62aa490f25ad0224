'use client'
import { type ReactNode, useState } from 'react'
import { useMutation } from '@tanstack/react-query'
import { toast } from 'sonner'
import { useApi } from '../ui/api.tsx'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { useNow } from '../ui/now.ts'
import { Panel } from '../ui/panel.tsx'
import { ReasonField } from '../ui/reason-field.tsx'
import { reportProblem } from '../ui/report-problem.ts'
import { useSession } from '../ui/session.ts'
import { ActionControls, KeepDialog } from './action-controls.tsx'
import { type ActionDetail, actionWord } from './action-words.ts'

type Asking = 'in-effect' | 'not-in-effect' | 'keep'

/** The ways out of "nobody knows": let the target decide, put back, or say what was seen there. */
export function SettleUnknown({ action }: { action: ActionDetail }) {
  const api = useApi()
  const { lacks } = useSession()
  const [asking, setAsking] = useState<Asking | null>(null)
  const close = (): void => setAsking(null)
  const look = useMutation(
    api.actions.settle.mutationOptions({
      onSuccess: ({ status }) =>
        status === 'unknown'
          ? toast('Still unknown: the target shows nothing clear', {
              description: 'What was found is in the ledger below.',
            })
          : toast.success(`Settled: ${actionWord(status)}`),
      onError: reportProblem('The target was not looked at'),
    }),
  )
  const why = lacks('operator')
  const found = action.events.findLast(({ kind }) => kind === 'unknown')?.detail['detail']
  return (
    <Panel title="Settle it" edge="inconclusive">
      {typeof found === 'string' && (
        <p className="mb-3">
          <span className="text-third">Found at {action.target}: </span>
          {found}
        </p>
      )}
      <ol className="space-y-3">
        <Way text="Reads the target now. If it is as meant or as found, that settles it; nothing is changed.">
          <Button
            variant="primary"
            disabledReason={why}
            busy={look.isPending}
            onClick={() => look.mutate({ id: action.id, verdict: null })}
          >
            Look again
          </Button>
        </Way>
        {action.revertible && (
          <Way text="Sets what was found before the action, where nobody else changed it since.">
            <ActionControls action={action} />
          </Way>
        )}
        <Way text="If you looked at the target yourself: your word, with a reason, counts where reading it shows nothing clear.">
          <Button disabledReason={why} onClick={() => setAsking('in-effect')}>
            It is in effect…
          </Button>
          <Button disabledReason={why} onClick={() => setAsking('not-in-effect')}>
            It is not…
          </Button>
        </Way>
        <Way text="Leaves the target as it is, whatever that is, and takes it out of this action's hands.">
          <Button disabledReason={why} onClick={() => setAsking('keep')}>
            Keep…
          </Button>
        </Way>
      </ol>
      {asking === 'keep' && <KeepDialog action={action} close={close} />}
      {(asking === 'in-effect' || asking === 'not-in-effect') && (
        <VerdictDialog action={action} inEffect={asking === 'in-effect'} close={close} />
      )}
    </Panel>
  )
}

function Way({ text, children }: { text: string; children: ReactNode }) {
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
      <div className="flex min-w-56 flex-wrap gap-2">{children}</div>
      <p className="min-w-0 flex-1 basis-72 text-second text-pretty">{text}</p>
    </li>
  )
}

function VerdictDialog({ action, inEffect, close }: { action: ActionDetail; inEffect: boolean; close: () => void }) {
  const api = useApi()
  const now = useNow()
  const [reason, setReason] = useState('')
  const settle = useMutation(
    api.actions.settle.mutationOptions({
      onSuccess: ({ status }) => toast.success(`Settled: ${actionWord(status)}`),
      onError: reportProblem('It is not settled'),
      onSettled: close,
    }),
  )
  // Whoever asked for it to be put back is not asked again.
  const goesBack =
    (action.leaseUntil !== null && Date.parse(action.leaseUntil) <= now) ||
    action.events.some(({ kind }) => kind === 'revert')
  return (
    <Dialog
      open
      onOpenChange={close}
      title={inEffect ? 'It is in effect?' : 'It is not in effect?'}
      description={action.title}
      footer={
        <>
          <Button onClick={close}>Cancel</Button>
          <Button
            variant="primary"
            busy={settle.isPending}
            disabledReason={reason.trim() === '' && 'Say what you saw first.'}
            onClick={() => settle.mutate({ id: action.id, verdict: { inEffect, reason } })}
          >
            {inEffect ? 'It is in effect' : 'It is not in effect'}
          </Button>
        </>
      }
    >
      <p className="mb-3 text-second">
        The target is read first: what it shows clearly counts before your word.{' '}
        {inEffect
          ? action.revertible
            ? goesBack
              ? 'It was to be put back already, so it is at once, where nobody else changed it.'
              : 'Its lease then puts it back when it ends.'
            : 'It cannot be put back, so it stays.'
          : 'The action is then over, and the target is free for others.'}
      </p>
      <ReasonField label="What you saw, and where" value={reason} onChange={setReason} />
    </Dialog>
  )
}
