'use client'
import Link from 'next/link'
import { useQuery } from '@tanstack/react-query'
import { useApi } from '../ui/api.tsx'
import { Badge } from '../ui/badge.tsx'
import { Facts, Panel } from '../ui/panel.tsx'
import { personName } from '../ui/person-name.ts'
import { Shape } from '../ui/shape.tsx'
import { Shell } from '../ui/shell.tsx'
import { ErrorState, LoadingRows } from '../ui/states.tsx'
import { Countdown, Time } from '../ui/time.tsx'
import { ActionControls, type ActionRow } from './action-controls.tsx'
import { actionTone, actionWord, eventText } from './action-words.ts'

/** One action: what it is now, what was verified, and its whole story in the ledger. */
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

function Loaded({ action }: { action: ActionRow }) {
  return (
    <div className="space-y-4">
      <Panel edge={actionTone(action.status)}>
        <p className="flex flex-wrap items-center gap-2">
          <Badge tone={actionTone(action.status)} size="large">
            {actionWord(action.status)}
          </Badge>
          {action.status === 'done' && action.leaseUntil && (
            <span className="text-second">
              reverts by itself in <Countdown until={action.leaseUntil} />
            </span>
          )}
        </p>
        <h2 className="mt-2 text-xl font-bold text-pretty">{action.title}</h2>
        {action.status === 'unknown' && (
          <p className="mt-1 text-second">
            What it did is not known. Look at {action.target}: Revert now puts back what was found before, where nobody
            changed it since.
          </p>
        )}
        <div className="mt-3">
          <ActionControls action={action} />
        </div>
      </Panel>
      <div className="grid gap-4 md:grid-cols-2">
        <Panel title="What">
          <Facts
            items={[
              { label: 'target', value: action.target },
              { label: 'driver', value: action.driver },
              { label: 'asked by', value: personName(action.requestedBy) },
              { label: 'approved by', value: action.approvedBy ? personName(action.approvedBy) : 'nobody was asked' },
              { label: 'plan', value: <code className="font-mono text-xs">{action.planHash.slice(7, 19)}</code> },
              ...(action.runId
                ? [
                    {
                      label: 'run',
                      value: (
                        <Link className="underline underline-offset-2" href={`/runs/${action.runId}`}>
                          {action.runId.slice(0, 8)}
                        </Link>
                      ),
                    },
                  ]
                : []),
              ...action.plan.facts.map(({ label, value }) => ({ label, value })),
            ]}
          />
        </Panel>
        <Panel title="Did it work" flush>
          {action.verification && action.verification.length > 0 ? (
            <table className="w-full border-t border-line text-base">
              <thead>
                <tr className="text-left text-sm text-third">
                  <th scope="col" className="px-4 py-1.5 font-normal">
                    what
                  </th>
                  <th scope="col" className="px-2 py-1.5 font-normal">
                    before
                  </th>
                  <th scope="col" className="px-2 py-1.5 font-normal">
                    after
                  </th>
                  <th scope="col" className="px-4 py-1.5">
                    <span className="sr-only">as meant</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {action.verification.map((row) => (
                  <tr key={row.label} className="border-t border-line">
                    <th scope="row" className="px-4 py-1.5 text-left font-normal">
                      {row.label}
                    </th>
                    <td className="px-2 py-1.5 text-second">{row.before}</td>
                    <td className="px-2 py-1.5 font-semibold">{row.after}</td>
                    <td className={row.pass ? 'px-4 text-normal' : 'px-4 text-abnormal'}>
                      <Shape name={row.pass ? 'check' : 'triangle'} />
                      <span className="sr-only">{row.pass ? 'as meant' : 'not as meant'}</span>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          ) : (
            <p className="border-t border-line px-4 py-3 text-second">
              Nothing was verified
              {action.status === 'refused' ? ': it was refused before anything was touched' : ' yet'}.
            </p>
          )}
        </Panel>
      </div>
      <Panel title="Ledger" aside="append-only">
        <ol className="relative space-y-3 border-l border-line pl-5">
          {action.events.map((event, index) => (
            <li key={`${event.at}-${index}`} className="relative">
              <span aria-hidden className="absolute top-1.5 -left-[23px] size-1.5 rounded-full bg-line-strong" />
              <p>
                <b className="font-semibold">{event.kind}</b> {eventText(event)}
              </p>
              <p className="text-sm text-third">
                <Time at={event.at} /> · {personName(event.actor)}
              </p>
            </li>
          ))}
        </ol>
      </Panel>
    </div>
  )
}
