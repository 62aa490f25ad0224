import { contextBindings, resolveInput } from '../bindings.ts'
import type { Plan } from '../plan.ts'
import type { RunContext } from '../run.ts'

export type ConcurrencyKey = { ok: true; key: string | null } | { ok: false; message: string }

/** Longer texts are no keys but payloads. */
const longestKey = 500

/**
 * The key of a run, from its parameters and its trigger; null when the runbook has no `concurrency`. Runs whose keys are equal do not run at the same
 * time. An empty key is one too: all runs of the runbook share it.
 */
export function concurrencyKeyOf({ concurrency }: Plan, context: RunContext): ConcurrencyKey {
  if (!concurrency) return { ok: true, key: null }
  const resolved = resolveInput({ key: concurrency.key }, contextBindings(context))
  if (!resolved.ok) return { ok: false, message: resolved.message.replace(/^Input "key"/, 'The concurrency key') }
  const { key } = resolved.input
  const text = typeof key === 'string' ? key : JSON.stringify(key)
  if (text.length <= longestKey) return { ok: true, key: text }
  return { ok: false, message: `The concurrency key has ${text.length} characters; ${longestKey} are allowed.` }
}
