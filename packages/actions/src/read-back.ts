/** What a target's state says of an intent: reading back is how every doubt about an action is settled. */
import type { Intent, SettingValue, TargetState } from './driver.ts'

export type ReadBack =
  /** Everything is as this wave (an index) wants it. */
  | { kind: 'applied'; wave: number }
  /** Everything is as it was found. */
  | { kind: 'untouched' }
  /** Each part is as a wave wants it or as found: a call that stopped half-way. Applying the intent again is safe. */
  | { kind: 'partial'; detail: string }
  /** Something else than we set or found: somebody changed it since. */
  | { kind: 'foreign'; detail: string }

/**
 * Compares the state with the intents on the way (`waves`, the last is the goal) and with what was found.
 *
 * @example readBack(state, action.plan.waves, action.before) // { kind: 'applied', wave: 0 }
 */
export function readBack(state: TargetState, waves: readonly Intent[], before: TargetState): ReadBack {
  const current = partsOf(state)
  const found = partsOf(before)
  const wanted = waves.map(partsOfIntent)
  const names = [...new Set(wanted.flatMap((parts) => [...parts.keys()]))]
  // What is not there is null: a setting that is not set, a server that is gone.
  const now = (name: string): SettingValue => current.get(name) ?? null
  const original = (name: string): SettingValue => found.get(name) ?? null

  const reached = wanted.findLastIndex((parts) => [...parts].every(([name, value]) => now(name) === value))
  if (reached >= 0) return { kind: 'applied', wave: reached }
  if (names.every((name) => now(name) === original(name))) return { kind: 'untouched' }
  const foreign = names.filter(
    (name) => now(name) !== original(name) && !wanted.some((parts) => parts.get(name) === now(name)),
  )
  const goal = wanted.at(-1)
  if (foreign.length > 0) {
    const said = foreign.map((name) => `${name} is ${show(now(name))}, not ${show(goal?.get(name) ?? null)}`)
    return { kind: 'foreign', detail: said.join('; ') }
  }
  const done = names.filter((name) => now(name) !== original(name))
  return { kind: 'partial', detail: `only ${done.length} of ${names.length} parts changed: ${done.join(', ')}` }
}

/** The parts that an intent sets, by name, each with its value. */
export function partsOfIntent(intent: Intent): Map<string, SettingValue> {
  switch (intent.kind) {
    case 'set-weights':
      return new Map(Object.entries(intent.weights))
    case 'set-values':
      return new Map(Object.entries(intent.values))
    case 'set-silence':
      return new Map([['silence', intent.until]])
    case 'run-statement':
      return new Map([['check', intent.expected]])
  }
}

/** The parts of a state: a weight by each server's name, and the settings. */
export function partsOf(state: TargetState): Map<string, SettingValue> {
  return new Map<string, SettingValue>([
    ...state.servers.map((server) => [server.name, server.weight] as const),
    ...Object.entries(state.values),
  ])
}

function show(value: SettingValue): string {
  return value === null ? 'none' : String(value)
}
