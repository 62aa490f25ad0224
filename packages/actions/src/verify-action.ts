/** Verification: the state is as intended, and the requests really moved. Counters decide, not the call's answer. */
import { defaultWatchSeconds, type ActionDeps } from './deps.ts'
import type { Driver, TargetState, VerificationRow } from './driver.ts'
import type { LedgerAction } from './ledger.ts'
import { sumRates, watch } from './plan-action.ts'
import { readBack } from './read-back.ts'

/** Requests that were under way when the weight fell still end on a drained server. */
const LARGEST_REST = 0.02

/**
 * Watches the target for some seconds after an action.
 *
 * @returns rows for people; a row that could not be judged does not pass.
 */
export async function verifyAction(
  action: LedgerAction,
  driver: Driver,
  deps: ActionDeps,
  signal?: AbortSignal,
): Promise<VerificationRow[]> {
  if (action.intent.kind === 'set-silence')
    return [silenceRow(action, await driver.observe(action.before.target, signal))]
  const seconds = (deps.watchSeconds ?? defaultWatchSeconds).verify
  // The first second belongs to requests that began before the change.
  await deps.clock.sleep(Math.min(1000, seconds * 250), signal)
  const { state, rates } = await watch(driver, action.before.target, deps, signal, seconds)
  const asIntended = readBack(state, action.intent, action.revert)
  switch (action.intent.kind) {
    case 'set-rate-limit': {
      const show = (value: number | null): string => (value === null ? 'unlimited' : `${value} requests/s`)
      return [
        {
          label: 'limit',
          before: show(action.before.rateLimit),
          after: show(state.rateLimit),
          pass: asIntended.kind === 'applied',
        },
      ]
    }
    case 'set-weights':
      return [weightsRow(action, state, asIntended.kind === 'applied'), ...trafficRows(action, state, rates)]
  }
}

/** Nothing moves that would have to be watched: it is there, or it is not. */
function silenceRow(action: LedgerAction, state: TargetState): VerificationRow {
  const show = ({ silence }: TargetState): string =>
    silence ? `until ${new Date(silence.until).toISOString()}` : 'none'
  const pass = readBack(state, action.intent, action.revert).kind === 'applied'
  return { label: 'silence', before: show(action.before), after: show(state), pass }
}

function weightsRow(action: LedgerAction, state: TargetState, pass: boolean): VerificationRow {
  const names = action.intent.kind === 'set-weights' ? Object.keys(action.intent.weights) : []
  const weights = (of: TargetState): string => {
    const byName = new Map(of.servers.map((server) => [server.name, server.weight]))
    return [...new Set(names.map((name) => String(byName.get(name) ?? 'gone')))].join(', ')
  }
  return { label: `weights of ${names.length} servers`, before: weights(action.before), after: weights(state), pass }
}

function trafficRows(
  action: LedgerAction,
  state: TargetState,
  rates: ReadonlyMap<string, number | null>,
): VerificationRow[] {
  const drained = new Set(action.intent.kind === 'set-weights' ? Object.keys(action.intent.weights) : [])
  const left = state.servers.filter((server) => drained.has(server.name))
  const rest = state.servers.filter((server) => !drained.has(server.name))
  const before = (part: typeof left): string => {
    const names = new Set(part.map((server) => server.name))
    const known = action.before.servers.filter((server) => names.has(server.name))
    const rate = sumRates(known, new Map(known.map((server) => [server.name, server.requestsPerSecond])))
    return perSecond(rate)
  }
  const leftRate = sumRates(left, rates)
  const restRate = sumRates(rest, rates)
  const total = leftRate === null || restRate === null ? null : leftRate + restRate
  return [
    {
      label: 'requests to the drained servers',
      before: before(left),
      after: perSecond(leftRate),
      pass: total !== null && total > 0 && leftRate !== null && leftRate / total <= LARGEST_REST,
    },
    {
      label: 'requests to the others',
      before: before(rest),
      after: perSecond(restRate),
      pass: restRate !== null && restRate > 0,
    },
  ]
}

function perSecond(rate: number | null): string {
  return rate === null ? 'not reported' : `${rate.toFixed(1)}/s`
}
