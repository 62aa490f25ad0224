'use client'
import Link from 'next/link'
import { useQuery } from '@tanstack/react-query'
import { Zap } from 'lucide-react'
import { useApi } from '../ui/api.tsx'
import { Badge } from '../ui/badge.tsx'
import { ButtonLink } from '../ui/button.tsx'
import { Panel, Rows } from '../ui/panel.tsx'
import { personName } from '../ui/person-name.ts'
import { EmptyState, ErrorState, LoadingRows } from '../ui/states.tsx'
import { Countdown, Time } from '../ui/time.tsx'
import { ActionControls } from './action-controls.tsx'
import { actionTone, actionWord, type LedgerEntry } from './action-words.ts'

/** What is changed outside now, or may be; what waits for a person comes first. */
export function InEffect() {
  const api = useApi()
  const actions = useQuery(api.actions.inEffect.queryOptions())
  const rows = (actions.data ?? []).toSorted((a, b) => rank(a) - rank(b))
  return (
    <Panel className="mt-4" flush>
      {actions.isPending ? (
        <LoadingRows rows={5} label="Loading actions" />
      ) : actions.isError ? (
        <ErrorState what="The actions could not be loaded" error={actions.error} retry={() => void actions.refetch()} />
      ) : rows.length === 0 ? (
        <EmptyState icon={<Zap aria-hidden />} title="Nothing is in effect">
          When a runbook switches traffic or limits a rate, it stands here with the time left until it reverts by
          itself.
        </EmptyState>
      ) : (
        <Rows className="border-t-0">
          {rows.map((action) => (
            <Row key={action.id} action={action} />
          ))}
        </Rows>
      )}
    </Panel>
  )
}

const rank = ({ status }: LedgerEntry): number => (status === 'unknown' ? 0 : 1)

function Row({ action }: { action: LedgerEntry }) {
  const { id, status, title, target, approvedBy, verified, leaseUntil } = action
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
      <div className="min-w-0 flex-1 basis-72">
        <p className="flex flex-wrap items-center gap-2">
          <Badge tone={actionTone(status)}>{actionWord(status)}</Badge>
          <Link href={`/actions/${id}`} className="font-semibold text-pretty hover:underline">
            {title}
          </Link>
        </p>
        <p className="mt-0.5 text-sm break-words text-second">
          {target} · approved by {approvedBy ? personName(approvedBy) : 'nobody'} ·{' '}
          <Time at={action.appliedAt ?? action.createdAt} />
          {verified !== null && ` · ${verified ? 'verified' : 'not fully verified'}`}
        </p>
      </div>
      {status === 'done' && leaseUntil && (
        <span className="text-second">
          reverts in{' '}
          <b className="text-ink">
            <Countdown until={leaseUntil} />
          </b>
        </span>
      )}
      {status === 'unknown' ? (
        <ButtonLink href={`/actions/${id}`} variant="primary">
          Settle it
        </ButtonLink>
      ) : (
        <ActionControls action={action} />
      )}
    </li>
  )
}
