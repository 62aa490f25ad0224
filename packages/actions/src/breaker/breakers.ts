/**
 * Breakers: the harm bounds of actions in effect are judged again and again, and a breach puts the action back at once. The ledger is all
 * that is remembered, so any worker can go on where another stopped.
 */
import type { ActionDeps, HarmVerdict } from '../deps.ts'
import type { LedgerAction } from '../ledger.ts'
import { revertAction } from '../revert-action.ts'
import { createBeside, untilAborted, waitAtMost } from './beside.ts'
import { judgeBounds, type HarmSample } from './judge-bounds.ts'
import { readOnce, type ReadNewest } from './read-once.ts'

export interface BreakerDeps {
  actions: ActionDeps
  read: ReadNewest
  /** Through the action's lease. */
  leases: { revertNow(actionId: string, by: { by: string; reason: 'harm' }): Promise<unknown> }
  graceSeconds: number
  /** Tells people, once for each action and outcome. */
  notify(action: LedgerAction, broken: Broken): Promise<void>
  onError(what: string, error: unknown): void
}

export type Breach = Exclude<HarmVerdict, { kind: 'well' }>

export interface Broken {
  breach: Breach
  /** Why it stays in effect although it does harm: writes are stopped. null when it is put back. */
  stopped: string | null
}

export interface Breakers {
  /** Judges every action in effect once. @returns ids of those that are being put back, which goes on beside the rounds. */
  round(signal: AbortSignal): Promise<string[]>
  /** Waits for the reverts that were begun. */
  settled(): Promise<void>
}

/** A lease that has not begun to put it back by then is not waited for: Temporal, or its worker, is away. */
const leaseMilliseconds = 1_000
const longestRoundMilliseconds = 200

export function createBreakers(deps: BreakerDeps): Breakers {
  const { actions } = deps
  const reverts = createBeside((id, error) => deps.onError(`action ${id}, which broke a bound`, error))
  const reading = createBeside((id, error) => deps.onError(`the measures of action ${id}`, error))

  const trip = (action: LedgerAction, breach: Breach): void =>
    reverts.begin(action.id, () => breakAction(action, breach, deps))

  const judge = async (action: LedgerAction, newest: ReadNewest): Promise<void> => {
    const bounds = action.request.harm ?? []
    const samples = await Promise.all(bounds.map((bound) => newest(bound)))
    const verdict = judgeBounds(bounds, present(samples), {
      now: actions.clock.now(),
      since: action.appliedAt ?? action.createdAt,
      graceSeconds: deps.graceSeconds,
    })
    if (verdict.kind !== 'well') trip(action, verdict)
  }

  return {
    async round(signal) {
      const watched = (await actions.ledger.list({ state: 'open' })).filter(isWatched)
      const newest = readOnce(deps.read, signal)
      await Promise.all(
        watched.map(async (action) => {
          const breach = await recordedBreach(action, actions)
          if (breach !== null) trip(action, breach)
          else reading.begin(action.id, () => untilAborted(judge(action, newest), signal))
        }),
      )
      // A source that is slow must not hold up what others put on record.
      await waitAtMost(reading.settled(), longestRoundMilliseconds)
      return reverts.keys()
    },
    async settled() {
      await reading.settled()
      await reverts.settled()
    },
  }
}

/** One that stays for good is over, and one that is being put back already needs no breaker. */
function isWatched({ status, revert, request }: LedgerAction): boolean {
  return status === 'done' && revert !== null && (request.harm ?? []).length > 0
}

/**
 * What broke a bound is on record first, then put back: through its lease, which is the one that works on it, or directly when the lease does
 * not begin. A stop of writes holds for breakers too: then a person is told, and nothing is sent.
 */
export async function breakAction(
  action: LedgerAction,
  breach: Breach,
  deps: Pick<BreakerDeps, 'actions' | 'leases' | 'notify' | 'onError'>,
): Promise<void> {
  const { actions, leases, onError } = deps
  await recordHarm(action, breach, actions)
  const stopped = await stopOf(action, actions)
  if (stopped !== null) return deps.notify(action, { breach, stopped })
  const by = { by: 'system', reason: 'harm' } as const
  const lease = leases.revertNow(action.id, by).then(
    () => undefined,
    (error: unknown) => onError(`the lease of action ${action.id}`, error),
  )
  await waitAtMost(lease, leaseMilliseconds)
  const now = await actions.ledger.get(action.id)
  if (now?.status === 'done') await revertAction({ actionId: action.id, ...by }, actions)
  await deps.notify(action, { breach, stopped: null })
}

/** A breach that is on record stands, whatever is measured since: a pushed sample, or one that met a stop of writes. */
async function recordedBreach({ id }: LedgerAction, { ledger }: ActionDeps): Promise<Breach | null> {
  const event = (await ledger.events(id)).findLast(({ kind }) => kind === 'harm')
  if (!event) return null
  const { verdict, detail } = event.detail
  return { kind: verdict === 'no-data' ? 'no-data' : 'harm', detail: typeof detail === 'string' ? detail : 'harm' }
}

async function recordHarm(action: LedgerAction, breach: Breach, deps: ActionDeps): Promise<void> {
  if ((await recordedBreach(action, deps)) !== null) return
  const { ledger } = deps
  const detail = { verdict: breach.kind, detail: breach.detail }
  await ledger.record(action.id, { kind: 'harm', actor: 'system', detail })
}

async function stopOf({ target, kind, runbook }: LedgerAction, actions: ActionDeps): Promise<string | null> {
  try {
    const stop = await actions.writesStopped({ target, kind, runbook })
    return stop === null ? null : `${stop.by} stopped writes: ${stop.reason}`
  } catch {
    return 'whether writes are stopped could not be read'
  }
}

function present(samples: readonly (HarmSample | null)[]): HarmSample[] {
  return samples.filter((sample) => sample !== null)
}
