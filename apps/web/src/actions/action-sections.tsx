'use client'
/** The parts of an action's page that not every action has. */
import { useQuery } from '@tanstack/react-query'
import { useApi } from '../ui/api.tsx'
import { Badge } from '../ui/badge.tsx'
import { ExpectedEffects } from '../ui/expected-effects.tsx'
import { formatNumber, formatQuantity } from '../ui/figures.ts'
import { useNow } from '../ui/now.ts'
import { Panel, Rows } from '../ui/panel.tsx'
import { Shape } from '../ui/shape.tsx'
import { TableHead } from '../ui/table-head.tsx'
import { Time } from '../ui/time.tsx'
import type { Tone } from '../ui/tone.ts'
import { boundWords, type WaveRow, waveRows } from './action-story.ts'
import type { ActionDetail } from './action-words.ts'
import { eventText } from './event-words.ts'

interface SectionProps {
  action: ActionDetail
}

const waveLooks: Record<WaveRow['state'], { tone: Tone; word: string }> = {
  done: { tone: 'normal', word: 'done' },
  now: { tone: 'running', word: 'next' },
  harm: { tone: 'abnormal', word: 'did harm' },
  'not-begun': { tone: 'skipped', word: 'not begun' },
}

/** A ramp: which share when, and how far it got. */
export function Waves({ action }: SectionProps) {
  const rows = waveRows(action)
  if (rows.length === 0) return null
  const watched = action.ramp?.watchSeconds ?? 0
  return (
    <Panel
      title="By waves"
      aside={`${watched} s after each${action.harm.length > 0 ? ', watched by its bounds' : ''}`}
      flush
    >
      <Rows>
        {rows.map(({ percent, state, at }) => (
          <li key={percent} className="flex items-center gap-3 px-4 py-1.5">
            <span className="figures w-14 text-right font-semibold">{percent} %</span>
            <Badge tone={waveLooks[state].tone}>{waveLooks[state].word}</Badge>
            {at && (
              <span className="ml-auto text-second">
                <Time at={at} />
              </span>
            )}
          </li>
        ))}
      </Rows>
    </Panel>
  )
}

/** Measures that it must not harm: their bounds, their values while it is in effect, and a breach on record. */
export function Bounds({ action }: SectionProps) {
  if (action.harm.length === 0) return null
  const breaches = action.events.filter(({ kind }) => kind === 'harm')
  return (
    <Panel title="Must not harm" aside="outside of a bound it is put back at once" flush>
      <Rows>
        {action.harm.map((bound) => (
          <Bound key={JSON.stringify(bound)} bound={bound} watched={action.status === 'done'} />
        ))}
      </Rows>
      {breaches.map((event) => (
        <p key={event.at} className="flex items-baseline gap-2 border-t border-line px-4 py-2 text-abnormal">
          <Shape name="triangle" />
          <span className="min-w-0 break-words">
            {eventText(event)} · <Time at={event.at} />
          </span>
        </p>
      ))}
    </Panel>
  )
}

const stepSeconds = 5
const windowMs = 60_000
const roundMs = 5_000

function Bound({ bound, watched }: { bound: ActionDetail['harm'][number]; watched: boolean }) {
  const api = useApi()
  // In steps, so that each second is not a new question.
  const to = Math.floor(useNow() / roundMs) * roundMs
  const { measure, where } = bound
  const data = useQuery(
    api.data.query.queryOptions(
      { measure, where, from: to - windowMs, to, stepSeconds },
      { enabled: watched, placeholderData: (before) => before, retry: false },
    ),
  )
  const newest = data.data?.series[0]?.points.findLast(([, value]) => value !== null)
  const value = newest?.[1]
  const figure = (number: number): string => (data.data ? formatQuantity(number, data.data.unit) : formatNumber(number))
  const kept =
    value === undefined || value === null
      ? null
      : (bound.minimum === null || value >= bound.minimum) && (bound.maximum === null || value <= bound.maximum)
  const scope = Object.entries(where).map(([name, of]) => `${name} ${of}`)
  return (
    <li className="flex flex-wrap items-baseline gap-x-3 gap-y-0.5 px-4 py-2">
      <span className="min-w-0 flex-1 basis-48 break-words">
        {measure}
        {scope.length > 0 && <span className="text-third"> · {scope.join(', ')}</span>}
      </span>
      <span className="text-second">{boundWords(bound, figure)}</span>
      {watched && (
        <span className={kept === false ? 'figures font-semibold text-abnormal' : 'figures font-semibold'}>
          {data.isPending ? '…' : value === undefined || value === null ? 'no data' : `now ${figure(value)}`}
        </span>
      )}
    </li>
  )
}

/** What people changed under it, and what was set again. */
export function Drift({ action }: SectionProps) {
  const events = action.events.filter(({ kind }) => kind === 'drift' || kind === 'again')
  if (events.length === 0) return null
  return (
    <Panel title="Since it was applied" flush>
      <Rows>
        {events.map((event) => (
          <li key={event.at} className="flex items-baseline gap-2 px-4 py-2">
            <span className={event.kind === 'drift' ? 'text-inconclusive' : 'text-normal'}>
              <Shape name={event.kind === 'drift' ? 'question' : 'check'} />
            </span>
            <span className="min-w-0 break-words">
              {eventText(event)}{' '}
              <span className="text-third">
                · <Time at={event.at} />
              </span>
            </span>
          </li>
        ))}
      </Rows>
    </Panel>
  )
}

/** The guards as they were judged when it was planned. */
export function Guards({ action }: SectionProps) {
  const guards = action.plan.guards.toSorted((a, b) => Number(a.pass) - Number(b.pass))
  if (guards.length === 0) return null
  return (
    <Panel title="Guards" aside="as judged when it was planned" flush>
      <Rows>
        {guards.map(({ name, pass, detail }) => (
          <li key={name} className="flex items-baseline gap-2 px-4 py-1.5">
            <span className={pass ? 'text-normal' : 'text-abnormal'}>
              <Shape name={pass ? 'check' : 'triangle'} />
              <span className="sr-only">{pass ? 'passed' : 'refused'}</span>
            </span>
            <span className="min-w-0 break-words">
              <b className="font-semibold">{name}</b> <span className="text-second">{detail}</span>
            </span>
          </li>
        ))}
      </Rows>
    </Panel>
  )
}

/** What was changed, as planned. */
export function Diff({ action }: SectionProps) {
  const { diff } = action.plan
  if (diff.length === 0) return null
  return (
    <Panel title="Change" aside="as planned" flush>
      <div className="overflow-x-auto border-t border-line">
        <table className="w-full text-base">
          <TableHead columns={[{ label: 'part' }, { label: 'before' }, { label: 'after' }]} />
          <tbody>
            {diff.map(({ label, before, after }) => (
              <tr key={label} className="border-t border-line">
                <th scope="row" className="px-4 py-1.5 text-left font-normal break-words">
                  {label}
                </th>
                <td className="px-4 py-1.5 break-words text-second">{before}</td>
                <td className="px-4 py-1.5 font-semibold break-words">{after}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  )
}

/** What was said of measures and traffic before it was applied. */
export function Expected({ action }: SectionProps) {
  const { effects } = action.plan
  if (!effects || effects.length === 0) return null
  return (
    <Panel title="Expected" aside="as planned">
      <ExpectedEffects rows={effects} />
    </Panel>
  )
}

/** Whether it worked: what was watched after it. */
export function Verification({ action }: SectionProps) {
  const { verification, status } = action
  return (
    <Panel title="Did it work" flush>
      {verification && verification.length > 0 ? (
        <div className="overflow-x-auto border-t border-line">
          <table className="w-full text-base">
            <TableHead columns={[{ label: 'what' }, { label: 'before' }, { label: 'after' }, { label: 'as meant' }]} />
            <tbody>
              {verification.map((row) => (
                <tr key={row.label} className="border-t border-line">
                  <th scope="row" className="px-4 py-1.5 text-left font-normal">
                    {row.label}
                  </th>
                  <td className="px-4 py-1.5 whitespace-nowrap text-second">{row.before}</td>
                  <td className="px-4 py-1.5 font-semibold whitespace-nowrap">{row.after}</td>
                  <td className={row.pass ? 'px-4 text-normal' : 'px-4 text-abnormal'}>
                    <Shape name={row.pass ? 'check' : 'triangle'} />
                    <span className="sr-only">{row.pass ? 'as meant' : 'not as meant'}</span>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : (
        <p className="border-t border-line px-4 py-3 text-second">{unverified(status)}</p>
      )}
    </Panel>
  )
}

function unverified(status: ActionDetail['status']): string {
  switch (status) {
    case 'refused':
      return 'Nothing was verified: it was refused before anything was touched.'
    case 'rehearsed':
      return 'Nothing was verified: it was a rehearsal.'
    case 'not-done':
      return 'Nothing was verified: it was not done.'
    case 'planned':
    case 'approved':
    case 'intended':
    case 'done':
      return 'Nothing was verified yet.'
    case 'unknown':
    case 'reverting':
    case 'reverted':
    case 'expired':
    case 'kept':
      return 'Nothing was verified.'
  }
}
