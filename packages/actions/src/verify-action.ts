/** Verification: the state is as intended, the requests really moved, measures are within their bounds. Counters decide, not the call's answer. */
import { defaultWatchSeconds, type ActionDeps } from './deps.ts'
import type { Driver, SettingValue, TargetState, VerificationRow } from './driver.ts'
import type { LedgerAction } from './ledger.ts'
import { partsOf, partsOfIntent, readBack } from './read-back.ts'
import { sumRates, watch } from './traffic.ts'
import { measureRows } from './verify-measures.ts'

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
  const [target, measures] = await Promise.all([
    targetRows(action, driver, deps, signal),
    measureRows(action, deps, signal),
  ])
  return [...target, ...measures]
}

async function targetRows(
  action: LedgerAction,
  driver: Driver,
  deps: ActionDeps,
  signal?: AbortSignal,
): Promise<VerificationRow[]> {
  if (action.intent.kind !== 'set-weights')
    return settingRows(action, await driver.observe(action.before.target, signal, action.intent))
  const seconds = (deps.watchSeconds ?? defaultWatchSeconds).verify
  // The first second belongs to requests that began before the change.
  await deps.clock.sleep(Math.min(1000, seconds * 250), signal)
  const { state, rates } = await watch(driver, action.before.target, deps, signal, seconds)
  const pass = readBack(state, action.plan.waves, action.before).kind === 'applied'
  return [weightsRow(action, state, pass), ...trafficRows(action, state, rates)]
}

/** A setting is there or it is not: nothing moves that would have to be watched. */
function settingRows(action: LedgerAction, state: TargetState): VerificationRow[] {
  const now = partsOf(state)
  const before = partsOf(action.before)
  return [...partsOfIntent(action.intent)].map(([label, wanted]) => {
    const value = now.get(label) ?? null
    return {
      label,
      before: shown(label, before.get(label) ?? null),
      after: shown(label, value),
      pass: value === wanted,
    }
  })
}

function shown(label: string, value: SettingValue): string {
  if (value === null) return 'none'
  return label === 'silence' ? `until ${new Date(Number(value)).toISOString()}` : String(value)
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
