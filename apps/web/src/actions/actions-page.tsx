'use client'
import { useState } from 'react'
import Link from 'next/link'
import { useQuery } from '@tanstack/react-query'
import { CalendarX, Zap } from 'lucide-react'
import { useApi } from '../ui/api.tsx'
import { Badge } from '../ui/badge.tsx'
import { ButtonLink } from '../ui/button.tsx'
import { Panel, Rows } from '../ui/panel.tsx'
import { personName } from '../ui/person-name.ts'
import { Shell } from '../ui/shell.tsx'
import { EmptyState, ErrorState, LoadingRows } from '../ui/states.tsx'
import { Tabs } from '../ui/tabs.tsx'
import { Countdown, Time } from '../ui/time.tsx'
import { ActionControls, type ActionRow } from './action-controls.tsx'
import { actionTone, actionWord } from './action-words.ts'

type Tab = 'in-effect' | 'all'

/** What is changed outside now, and everything that ever was. */
export function ActionsPage() {
  const [tab, setTab] = useState<Tab>('in-effect')
  return (
    <Shell
      crumbs={[{ title: 'Actions' }]}
      actions={
        <ButtonLink href="/actions/calendars" icon={<CalendarX aria-hidden className="size-3.5" />}>
          Calendars
        </ButtonLink>
      }
    >
      <Tabs<Tab>
        label="Which actions"
        value={tab}
        onChange={setTab}
        items={[
          { value: 'in-effect', label: 'In effect', content: <List state="in-effect" /> },
          { value: 'all', label: 'Ledger', content: <List state="all" /> },
        ]}
      />
    </Shell>
  )
}

function List({ state }: { state: Tab }) {
  const api = useApi()
  const actions = useQuery(api.actions.list.queryOptions({ state }))
  return (
    <Panel className="mt-4" flush>
      {actions.isPending ? (
        <LoadingRows rows={5} label="Loading actions" />
      ) : actions.isError ? (
        <ErrorState what="The actions could not be loaded" error={actions.error} retry={() => void actions.refetch()} />
      ) : actions.data.length === 0 ? (
        <EmptyState
          icon={<Zap aria-hidden />}
          title={state === 'in-effect' ? 'Nothing is in effect' : 'The ledger is empty'}
        >
          {state === 'in-effect'
            ? 'When a runbook switches traffic or limits a rate, it stands here with the time left until it reverts by itself.'
            : 'Every write of a runbook is written down here, before it happens.'}
        </EmptyState>
      ) : (
        <Rows className="border-t-0">
          {actions.data.map((action) => (
            <ActionListRow key={action.id} action={action} />
          ))}
        </Rows>
      )}
    </Panel>
  )
}

function ActionListRow({ action }: { action: ActionRow }) {
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
      <div className="min-w-0 flex-1 basis-72">
        <p className="flex flex-wrap items-center gap-2">
          <Badge tone={actionTone(action.status)}>{actionWord(action.status)}</Badge>
          <Link href={`/actions/${action.id}`} className="font-semibold text-pretty hover:underline">
            {action.title}
          </Link>
        </p>
        <p className="mt-0.5 text-sm text-second">
          {action.target} · approved by {action.approvedBy ? personName(action.approvedBy) : 'nobody'} ·{' '}
          <Time at={action.appliedAt ?? action.createdAt} />
          {action.verification &&
            ` · ${action.verification.every(({ pass }) => pass) ? 'verified' : 'not fully verified'}`}
        </p>
      </div>
      {action.status === 'done' && action.leaseUntil && (
        <span className="text-second">
          reverts in <b className="text-ink">{<Countdown until={action.leaseUntil} />}</b>
        </span>
      )}
      <ActionControls action={action} />
    </li>
  )
}
