/** What a target's state says of an intent: reading back is how every doubt about an action is settled. */
import type { Intent, TargetState } from './driver.ts'

export type ReadBack =
  /** Everything is as the intent wants it. */
  | { kind: 'applied' }
  /** Everything is as it was found. */
  | { kind: 'untouched' }
  /** Each part is as intended or as found: a call that stopped half-way. Applying the intent again is safe. */
  | { kind: 'partial' }
  /** Something else than we set or found: somebody changed it since. */
  | { kind: 'foreign'; detail: string }

/**
 * Compares the state with the intent and with what puts it back.
 *
 * @example readBack(state, action.intent, action.revert) // { kind: 'applied' }
 */
export function readBack(state: TargetState, intent: Intent, revert: Intent): ReadBack {
  const current = partsOf(state)
  const wanted = partsOfIntent(intent)
  const found = partsOfIntent(revert)
  let applied = 0
  let untouched = 0
  const foreign: string[] = []
  for (const [part, value] of wanted) {
    const now = current.get(part)
    if (now === value) applied++
    if (now === found.get(part)) untouched++
    if (now !== value && now !== found.get(part))
      foreign.push(now === undefined ? `${part} is gone` : `${part} is ${show(now)}, not ${show(value)}`)
  }
  if (applied === wanted.size) return { kind: 'applied' }
  if (foreign.length > 0) return { kind: 'foreign', detail: foreign.join('; ') }
  return untouched === wanted.size ? { kind: 'untouched' } : { kind: 'partial' }
}

const LIMIT = 'the limit'
const SILENCE = 'the end of the silence'

function partsOf(state: TargetState): Map<string, number | null> {
  const parts = new Map<string, number | null>(state.servers.map((server) => [server.name, server.weight]))
  return parts.set(LIMIT, state.rateLimit).set(SILENCE, state.silence?.until ?? null)
}

function partsOfIntent(intent: Intent): Map<string, number | null> {
  switch (intent.kind) {
    case 'set-weights':
      return new Map(Object.entries(intent.weights))
    case 'set-rate-limit':
      return new Map([[LIMIT, intent.requestsPerSecond]])
    case 'set-silence':
      return new Map([[SILENCE, intent.until]])
  }
}

function show(value: number | null): string {
  return value === null ? 'none' : String(value)
}
