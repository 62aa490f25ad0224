/**
 * Silences of an Alertmanager, by its API v2. A target is one alert's id; ours is the silence whose comment names it. Setting one again changes the one
 * that there is, so that a repeated call leaves one silence.
 */
import * as z from 'zod'
import { ActionError } from '../action-error.ts'
import type { Driver, Intent } from '../driver.ts'
import { stateVersion } from '../state-version.ts'
import { createHttpCaller, type HttpCall } from './http-call.ts'
import { assertMaySend } from './may-send.ts'
import { cannotSet } from './names.ts'

export interface AlertmanagerOptions {
  /** `http(s)://host:port`, with a path where it has one. */
  address: string
  /** A bearer token or `user:password`. */
  secret: string | null
  /** Of one call; 5,000 by default. */
  timeoutMs?: number
}

const creator = 'tenon'
const silences = z.array(
  z.object({
    id: z.string(),
    createdBy: z.string(),
    comment: z.string(),
    endsAt: z.iso.datetime({ offset: true }),
    status: z.object({ state: z.string() }),
  }),
)

/** A driver for one Alertmanager. */
export function createAlertmanagerDriver(options: AlertmanagerOptions): Driver {
  const timeoutMs = options.timeoutMs ?? 5000
  const http = createHttpCaller({
    name: 'The Alertmanager',
    address: options.address,
    secret: options.secret,
    basic: true,
    timeoutMs,
    // Of many thousand silences; expired ones are listed for days.
    largestMiB: 32,
    fix: {
      away: 'Check that it runs and that the connection in Settings has its address.',
      strange: 'Check that the address is that of an Alertmanager, version 0.16 or newer.',
    },
  })

  /** Pending ones count: a clock that is some seconds off makes them so. */
  async function ours(target: string, signal?: AbortSignal) {
    return http
      .read(await call('GET', 'silences', { signal }), silences)
      .filter(
        ({ createdBy, comment, status }) =>
          createdBy === creator && comment.endsWith(markOf(target)) && status.state !== 'expired',
      )
      .map(({ id, endsAt }) => ({ id, until: Date.parse(endsAt) }))
      .toSorted((a, b) => b.until - a.until)
  }

  return {
    name: 'alertmanager',
    inFlightSeconds: timeoutMs / 1000,
    // Silences live in its own storage.
    forgets: false,

    async observe(target, signal) {
      const [silence = null] = await ours(target, signal)
      const values = { silence: silence?.until ?? null }
      return { target, version: stateVersion([], values), instance: null, servers: [], values, notes: {} }
    },

    async apply(intent, to) {
      if (intent.kind !== 'set-silence') throw cannotSet('An Alertmanager', intent)
      const [first, ...others] = await ours(intent.target, to.signal)
      for (const { id } of intent.until === null && first ? [first, ...others] : others) {
        assertMaySend(to)
        await call('DELETE', `silence/${encodeURIComponent(id)}`, { signal: to.signal })
      }
      if (intent.until === null) return
      assertMaySend(to)
      const body = JSON.stringify(bodyOf(intent, intent.until, first?.id))
      await call('POST', 'silences', { body, headers: { 'content-type': 'application/json' }, signal: to.signal })
    },
  }

  async function call(method: HttpCall['method'], path: string, more: Pick<HttpCall, 'headers' | 'body' | 'signal'>) {
    const answer = await http.call({ method, path: `api/v2/${path}`, ...more })
    if (answer.ok) return answer
    const { status, text } = answer
    throw new ActionError(
      'target-refused',
      `The Alertmanager refused ${answer.call} with ${status}: ${http.said(text)}`,
      {
        fix: 'The message above says what it does not accept.',
        retryable: status >= 500,
      },
    )
  }
}

const markOf = (target: string): string => `(${target})`

function bodyOf(
  { target, matchers, comment }: Extract<Intent, { kind: 'set-silence' }>,
  until: number,
  id: string | undefined,
) {
  return {
    ...(id === undefined ? {} : { id }),
    matchers: matchers.map(({ name, value }) => ({ name, value, isRegex: false, isEqual: true })),
    startsAt: new Date(Date.now()).toISOString(),
    endsAt: new Date(until).toISOString(),
    createdBy: creator,
    comment: `${comment} ${markOf(target)}`,
  }
}
