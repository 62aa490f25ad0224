/** A breaker without an action: what a load test or a drill must not break, and what is done when it does. */
import * as z from 'zod'
import { ActionError } from '../action-error.ts'
import { harmBound } from '../request.ts'
import { parseStopScope } from '../stops/write-stop.ts'
import { isSampleOf, judgeBounds, type HarmSample } from './judge-bounds.ts'

/** `model`: read from the data services each second, and a pushed value is judged as well. `pushed`: known by pushed values only. */
export const breakerBound = harmBound.safeExtend({ source: z.enum(['model', 'pushed']).default('model') })
export type BreakerBound = z.infer<typeof breakerBound>

const scope = z
  .string()
  .max(320)
  .refine(isScope, 'Write all, connection:<name>, target:<connection>/<backend>, kind:<kind> or runbook:<name>.')

/** What is done once a bound is broken. Whoever asks for the breaker's state sees that it tripped in any case. */
export const onBreach = z.discriminatedUnion('kind', [
  /** Only tells: the load generator asks for the state, and stops. */
  z.strictObject({ kind: z.literal('tell') }),
  /** Puts back what is in effect of the scope, and what is on its way there. */
  z.strictObject({
    kind: z.literal('revert'),
    scope: scope.refine((text) => text !== 'all', 'Name what is put back: everything is more than a test can mean.'),
  }),
  z.strictObject({ kind: z.literal('stop-writes'), scope }),
  z.strictObject({ kind: z.literal('cancel-run'), runId: z.string().min(1).max(200) }),
  /** Posts to a connection of kind webhook, again until it is taken. */
  z.strictObject({ kind: z.literal('webhook'), connection: z.string().min(1).max(200) }),
])
export type OnBreach = z.infer<typeof onBreach>

export const newBreaker = z.strictObject({
  name: z.string().trim().min(1).max(100),
  bounds: z.array(breakerBound).min(1).max(20),
  onBreach,
  /** It ends by itself then; whoever still drives load without one must stop. */
  minutes: z.number().int().min(1).max(1440),
  /** How long a measure may be missing before that counts as a breach. */
  graceSeconds: z.number().int().min(5).max(3600).default(60),
})
export type NewBreaker = z.infer<typeof newBreaker>

export const breakerState = z.enum(['watching', 'tripped', 'ended'])
export type BreakerState = z.infer<typeof breakerState>

/** Times are unix milliseconds, by the storage's clock. */
export interface Breaker extends Omit<NewBreaker, 'minutes'> {
  id: string
  state: BreakerState
  by: string
  startedAt: number
  endsAt: number
  /** The newest value of each pushed bound. */
  pushed: HarmSample[]
  trippedAt: number | null
  /** What tripped it. */
  detail: string | null
  /** What was done about it; null until it is. */
  result: string | null
  settledAt: number | null
}

/** Storage of breakers. Each method is one transaction; times are by the storage's own clock, never a worker's. */
export interface BreakerStore {
  now(): Promise<number>
  /**
   * Those that need work: watching, and tripped without a result. Asking is the sign of life of who watches; those whose time is over are ended by it.
   */
  open(): Promise<Breaker[]>
  /** @returns the breaker, tripped and on record in the audit log; null when it was not watching any more. */
  trip(id: string, breach: { detail: string; by: string }): Promise<Breaker | null>
  /** What was done about the breach. */
  settle(id: string, result: string): Promise<void>
}

/**
 * What a pushed value says to a breaker.
 *
 * @returns `bounds`: the places of the bounds that are known by it; `breach`: what it breaks, or null.
 * @throws ActionError `ledger-conflict` when it does not watch any more, `bad-request` when no bound is on this measure.
 */
export function judgePushed(
  breaker: Pick<Breaker, 'name' | 'state' | 'bounds'>,
  sample: Pick<HarmSample, 'measure' | 'where' | 'value'>,
): { bounds: number[]; breach: string | null } {
  const { name, state, bounds } = breaker
  if (state !== 'watching')
    throw new ActionError('ledger-conflict', `The breaker "${name}" is ${state}, not watching.`, {
      fix: 'Stop the load, and start a breaker anew before the next test.',
    })
  const found = bounds.filter((bound) => isSampleOf(sample, bound))
  if (found.length === 0) {
    const has = bounds.map(({ measure, where }) => `${measure} ${JSON.stringify(where)}`).join(', ')
    throw new ActionError('bad-request', `"${name}" has no bound on ${sample.measure} with this "where".`, {
      fix: `Push one that it has: ${has}.`,
    })
  }
  const verdict = judgeBounds(found, [{ ...sample, at: 1 }], { now: 1, since: 0, graceSeconds: 1 })
  return {
    bounds: [...bounds.keys()].filter((index) => {
      const bound = bounds[index]
      return bound?.source === 'pushed' && found.includes(bound)
    }),
    breach: verdict.kind === 'well' ? null : verdict.detail,
  }
}

function isScope(text: string): boolean {
  try {
    parseStopScope(text)
    return true
  } catch {
    return false
  }
}
