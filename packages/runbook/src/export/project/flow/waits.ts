/** Steps that wait for a time or an event, and the one that ends the run. */
import { checkInput, durationSeconds, isDuration, isText } from './input.ts'
import type { RunningFlow } from './running-flow.ts'
import type { Step } from './step.ts'
import { plain } from './values.ts'

export interface WaitOutput {
  /** ISO 8601. */
  until: string
  waitedSeconds: number
}

export interface EventOutput {
  id: string
  name: string
  payload: any
  /** ISO 8601. */
  at: string
}

export function beginWait(flow: RunningFlow, step: Step): Step[] {
  const given = checkInput(flow, step, {
    for: (value) => value === undefined || isDuration(value),
    until: (value) => value === undefined || isText(value),
  })
  if (!given) return []
  const { for: span, until: moment } = given as { for?: string; until?: string }
  const now = Date.now()
  const until = span === undefined ? Date.parse(moment ?? '') : now + durationSeconds(span) * 1000
  if ((span === undefined) === (moment === undefined) || Number.isNaN(until)) {
    flow.fail(step, 'bad-input', 'A wait needs either "for" (15m) or "until" (2026-01-31T09:30:00Z).')
    return []
  }
  const finish = (): void => {
    const waitedSeconds = (Date.now() - step.startedAt) / 1000
    const output = { until: new Date(until).toISOString(), waitedSeconds }
    flow.finish(step, { outcome: 'done', output, summary: `Waited ${Math.round(waitedSeconds)} s` })
  }
  if (until <= now) finish()
  else {
    step.status = 'waiting'
    flow.startTimer(`wait:${step.key}`, { seconds: (until - now) / 1000, step }, () => {
      finish()
      return flow.afterEnd(step)
    })
  }
  return []
}

/** Steps that wait for an event, by key. */
interface Waiting {
  step: Step
  name: string
  match: ((event: any) => unknown) | undefined
}
const waitingOf = new WeakMap<RunningFlow, Waiting[]>()

export function beginEvent(flow: RunningFlow, step: Step, match?: (event: any) => unknown): Step[] {
  const given = checkInput(flow, step, {
    event: (value) => isText(value) && value !== '' && value.length <= 200,
    expiresAfter: (value = '1h') => isDuration(value),
  })
  if (!given) return []
  const { event: name, expiresAfter = '1h' } = given as { event: string; expiresAfter?: string }
  step.status = 'waiting'
  waitingOf.set(flow, [...(waitingOf.get(flow) ?? []), { step, name, match }])
  flow.startTimer(`event:${step.key}`, { seconds: durationSeconds(expiresAfter), step }, () => {
    flow.finish(step, { outcome: 'expired', output: null, summary: `No event "${name}" came in time` })
    return flow.afterEnd(step)
  })
  return []
}

export interface Event {
  name: string
  id: string
  payload: unknown
}

/** Whether a step waits for an event of this name. */
export function isAwaited(flow: RunningFlow, name: string, key?: string): boolean {
  return (waitingOf.get(flow) ?? []).some(
    (one) => one.step.status === 'waiting' && one.name === name && (key === undefined || one.step.key === key),
  )
}

/** Gives an event to the steps that wait for it, or to one of them. */
export function deliver(flow: RunningFlow, event: Event, key?: string): void {
  for (const { step, name, match } of waitingOf.get(flow) ?? []) {
    if (step.status !== 'waiting' || name !== event.name || (key !== undefined && step.key !== key)) continue
    flow.turn(() => take(flow, step, { event, match }))
  }
}

function take(
  flow: RunningFlow,
  step: Step,
  { event, match }: { event: Event; match?: (event: any) => unknown },
): void {
  if (step.status !== 'waiting') return
  let matches: unknown
  try {
    matches = match ? plain(match(event)) : true
  } catch (error) {
    matches = error
  }
  if (matches === false) return
  if (matches === true) {
    const output = {
      id: event.id,
      name: event.name,
      payload: event.payload ?? null,
      at: new Date(Date.now()).toISOString(),
    }
    flow.finish(step, { outcome: 'received', output, summary: `Event "${event.name}" came` })
  } else flow.fail(step, 'expression-failed', '"match" is not true or false, or could not be evaluated.')
  flow.settle(flow.afterEnd(step))
}

export function beginStop(flow: RunningFlow, step: Step): Step[] {
  const given = checkInput(flow, step, {
    as: (value = 'succeeded') => value === 'succeeded' || value === 'failed',
    reason: (value = '') => isText(value) && value.length <= 2000,
  })
  if (!given) return []
  const { as = 'succeeded', reason = '' } = given as { as?: 'succeeded' | 'failed'; reason?: string }
  const summary = reason === '' ? 'Ended the run' : reason
  flow.finish(step, { outcome: 'stopped', output: { as, reason }, summary })
  const message = `"${step.title}" ended the run: ${summary}`
  flow.finishRun(as, as === 'failed' ? { code: 'stopped', message } : null)
  return []
}
