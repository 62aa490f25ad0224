'use client'
import Link from 'next/link'
import { useQuery } from '@tanstack/react-query'
import { useApi } from '../ui/api.tsx'
import { Badge } from '../ui/badge.tsx'
import { Facts, Panel } from '../ui/panel.tsx'
import { personName } from '../ui/person-name.ts'
import { Shell } from '../ui/shell.tsx'
import { ErrorState, LoadingRows } from '../ui/states.tsx'
import { Countdown, Time } from '../ui/time.tsx'
import { ActionControls } from './action-controls.tsx'
import { Bounds, Diff, Drift, Expected, Guards, Verification, Waves } from './action-sections.tsx'
import { peopleRows } from './action-story.ts'
import { type ActionDetail, actionTone, actionWord, kindWord, statusWords } from './action-words.ts'
import { eventText } from './event-words.ts'
import { ledgerAddress } from './ledger-filters.ts'
import { SettleUnknown } from './settle-unknown.tsx'

/** One action: what it is now, what to do about it, and its whole story in the ledger. */
export function ActionPage({ id }: { id: string }) {
  const api = useApi()
  const action = useQuery(api.actions.get.queryOptions({ id }))
  return (
    <Shell crumbs={[{ title: 'Actions', href: '/actions' }, { title: action.data?.title ?? 'Action' }]} width="narrow">
      {action.data ? (
        <Loaded action={action.data} />
      ) : (
        <Panel flush>
          {action.isError ? (
            <ErrorState
              what="The action could not be loaded"
              error={action.error}
              retry={() => void action.refetch()}
            />
          ) : (
            <LoadingRows rows={6} label="Loading the action" />
          )}
        </Panel>
      )}
    </Shell>
  )
}

function Loaded({ action }: { action: ActionDetail }) {
  return (
    <div className="space-y-4">
      <Head action={action} />
      {action.status === 'unknown' && <SettleUnknown action={action} />}
      <Waves action={action} />
      <Bounds action={action} />
      <Drift action={action} />
      <div className="grid gap-4 md:grid-cols-2">
        <What action={action} />
        <Verification action={action} />
      </div>
      <Expected action={action} />
      <Diff action={action} />
      <Guards action={action} />
      <Timeline action={action} />
    </div>
  )
}

function Head({ action }: { action: ActionDetail }) {
  const { is, next } = statusWords(action)
  return (
    <Panel edge={actionTone(action.status)}>
      <p className="flex flex-wrap items-center gap-2">
        <Badge tone={actionTone(action.status)} size="large">
          {actionWord(action.status)}
        </Badge>
        {action.status === 'done' && action.revertible && action.leaseUntil && (
          <span className="text-second">
            reverts by itself in{' '}
            <b className="text-ink">
              <Countdown until={action.leaseUntil} />
            </b>
          </span>
        )}
      </p>
      <h2 className="mt-2 text-xl font-bold text-pretty">{action.title}</h2>
      <p className="mt-1 text-pretty">{is}</p>
      {next && <p className="mt-0.5 text-second text-pretty">{next}</p>}
      {action.status !== 'unknown' && (
        <div className="mt-3 empty:hidden">
          <ActionControls action={action} />
        </div>
      )}
    </Panel>
  )
}

function What({ action }: { action: ActionDetail }) {
  const { target, kind, runbook, runId } = action
  const link = 'underline underline-offset-2'
  return (
    <Panel title="What">
      <Facts
        items={[
          {
            label: 'target',
            value: (
              <Link className={link} href={ledgerAddress({ target })}>
                {target}
              </Link>
            ),
          },
          { label: 'kind', value: kindWord(kind) },
          { label: 'driver', value: action.driver },
          ...peopleRows(action).map(({ did, who, at }) => ({
            label: did,
            value: (
              <>
                {who ? personName(who) : 'nobody was asked'}
                {at && (
                  <span className="text-third">
                    {' '}
                    · <Time at={at} />
                  </span>
                )}
              </>
            ),
          })),
          ...(runbook ? [{ label: 'runbook', value: runbook }] : []),
          ...(runId
            ? [
                {
                  label: 'run',
                  value: (
                    <Link className={link} href={`/runs/${runId}`}>
                      {runId.slice(0, 8)}
                    </Link>
                  ),
                },
              ]
            : []),
          ...action.plan.facts.map(({ label, value }) => ({ label, value })),
          { label: 'plan', value: <code className="font-mono text-xs">{action.planHash.slice(7, 19)}</code> },
        ]}
      />
    </Panel>
  )
}

function Timeline({ action }: { action: ActionDetail }) {
  return (
    <Panel title="Ledger" aside="append-only">
      <ol className="relative space-y-3 border-l border-line pl-5">
        {action.events.map((event, index) => (
          <li key={`${event.at}-${index}`} className="relative">
            <span aria-hidden className="absolute top-1.5 -left-[23px] size-1.5 rounded-full bg-line-strong" />
            <p className="break-words">
              <b className="font-semibold">{event.kind}</b> {eventText(event)}
            </p>
            <p className="text-sm text-third">
              <Time at={event.at} /> · {personName(event.actor)}
            </p>
          </li>
        ))}
      </ol>
    </Panel>
  )
}
