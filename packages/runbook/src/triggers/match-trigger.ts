/** What a trigger makes of an event: whether it runs, what for, and with which parameters. Pure. */
import { resolveInput } from '../bindings.ts'
import type { EventTrigger, WebhookTrigger } from '../document.ts'
import { evaluateCel } from '../expression.ts'
import type { PlanValue } from '../plan.ts'
import { toPlanValue } from '../template.ts'

export type TriggerMatch =
  | { kind: 'run'; params: Record<string, unknown> }
  /** `when` does not hold. */
  | { kind: 'filtered'; reason: string }
  /** An expression could not be evaluated. */
  | { kind: 'rejected'; reason: string }

/** @param event as the trigger's format makes it. */
export function matchTrigger(
  trigger: Pick<WebhookTrigger | EventTrigger, 'when' | 'params'>,
  event: Record<string, unknown>,
): TriggerMatch {
  const { when, params } = trigger
  if (when !== undefined) {
    const held = evaluateCel(when, { event })
    if (!held.ok) return { kind: 'rejected', reason: `when: ${held.message}` }
    if (typeof held.value !== 'boolean') return { kind: 'rejected', reason: '`when` is neither true nor false.' }
    if (!held.value) return { kind: 'filtered', reason: `\`${when}\` does not hold.` }
  }
  const values: Record<string, PlanValue> = {}
  for (const [name, raw] of Object.entries(params)) values[name] = toPlanValue(raw)
  const resolved = resolveInput(values, { event })
  return resolved.ok
    ? { kind: 'run', params: resolved.input }
    : { kind: 'rejected', reason: resolved.message.replace(/^Input/, 'Parameter') }
}

export type EventKey = { ok: true; key: string | null } | { ok: false; reason: string }

/** Longer ones are kept by their beginning and a hash, by whoever stores them. */
const longestKey = 2000

/** Equal keys of one trigger mean the same event: what `key` says, or the format's own id; null when there is neither. */
export function eventKey(
  { key }: Pick<WebhookTrigger, 'key'>,
  { id, event }: { id: string | null; event: Record<string, unknown> },
): EventKey {
  if (key === undefined) return { ok: true, key: id }
  const found = evaluateCel(key, { event })
  if (!found.ok) return { ok: false, reason: `key: ${found.message}` }
  const { value } = found
  const text = typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''
  if (text === '') return { ok: false, reason: '`key` is no text.' }
  if (text.length > longestKey) return { ok: false, reason: `\`key\` is longer than ${longestKey} characters.` }
  return { ok: true, key: text }
}
