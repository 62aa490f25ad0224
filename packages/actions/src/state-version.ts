/** Hashes of what people approve and of what a target looked like: canonical, so that equal values give equal hashes. */
import { createHash } from 'node:crypto'
import type { ServerState } from './driver.ts'

/** `sha256:` and hex over canonical JSON (keys sorted, no spaces). */
export function canonicalHash(value: unknown): string {
  return `sha256:${createHash('sha256').update(canonicalJson(value)).digest('hex')}`
}

/**
 * Version of a target's state: its weights and its limit, and nothing that moves by itself (rates, health), so that it changes exactly
 * when somebody changed the target.
 */
export function stateVersion(servers: readonly ServerState[], rateLimit: number | null): string {
  const weights = Object.fromEntries(servers.map((server) => [server.name, server.weight]))
  return canonicalHash({ weights, rateLimit }).slice('sha256:'.length, 'sha256:'.length + 16)
}

function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value)
      .filter(([, field]) => field !== undefined)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
    return `{${fields.map(([key, field]) => `${JSON.stringify(key)}:${canonicalJson(field)}`).join(',')}}`
  }
  return JSON.stringify(value)
}
