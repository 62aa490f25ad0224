/**
 * Silences of an Alertmanager, by its API v2. A target is one alert's id; ours is the silence whose comment names it. Setting one again changes the one
 * that there is, so that a repeated call leaves one silence.
 */
import * as z from 'zod'
import { ActionError } from '../action-error.ts'
import type { Driver, Intent } from '../driver.ts'
import { stateVersion } from '../state-version.ts'
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

  /** Pending ones count: a clock that is some seconds off makes them so. */
  async function ours(target: string, signal?: AbortSignal) {
    const found = silences.safeParse(await call('GET', 'silences', undefined, signal))
    if (!found.success)
      throw new ActionError('bad-answer', `${options.address} does not answer as Alertmanager does.`, {
        fix: 'Check that the address is that of an Alertmanager, version 0.16 or newer.',
      })
    return found.data
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
        await call('DELETE', `silence/${encodeURIComponent(id)}`, undefined, to.signal)
      }
      if (intent.until === null) return
      assertMaySend(to)
      await call('POST', 'silences', bodyOf(intent, intent.until, first?.id), to.signal)
    },
  }

  async function call(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    body: unknown,
    signal?: AbortSignal,
  ): Promise<unknown> {
    const timeout = AbortSignal.timeout(timeoutMs)
    const base = options.address.replace(/\/$/, '')
    let response: Response
    let text: string
    try {
      response = await fetch(`${base}/api/v2/${path}`, {
        method,
        headers: {
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...authorization(options.secret),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
        redirect: 'error',
      })
      text = await response.text()
    } catch (error) {
      throw new ActionError(
        'target-unreachable',
        `The Alertmanager at ${options.address} did not answer within ${timeoutMs / 1000} s.`,
        {
          fix: 'Check that it runs and that the connection in Settings has its address.',
          cause: error,
        },
      )
    }
    if (!response.ok)
      throw new ActionError(
        'target-refused',
        `The Alertmanager refused ${method} ${path} with ${response.status}: ${text.slice(0, 200)}`,
        {
          fix: 'The message above says what it does not accept.',
          retryable: response.status >= 500,
        },
      )
    if (text === '') return null
    try {
      return JSON.parse(text)
    } catch (error) {
      throw new ActionError(
        'bad-answer',
        `The Alertmanager answered ${method} ${path} with something other than JSON.`,
        {
          fix: 'Check that the address is that of an Alertmanager.',
          cause: error,
        },
      )
    }
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

function authorization(secret: string | null): { authorization?: string } {
  if (secret === null) return {}
  return {
    authorization: secret.includes(':') ? `Basic ${Buffer.from(secret).toString('base64')}` : `Bearer ${secret}`,
  }
}
