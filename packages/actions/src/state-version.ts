/** What a target looked like, as one short text: for compare-and-set. */
import { contentHash } from '@tenon/runbook'
import type { ServerState } from './driver.ts'

/**
 * Version of a target's state: its weights and its limit, and nothing that moves by itself (rates, health), so that it changes exactly
 * when somebody changed the target.
 */
export function stateVersion(servers: readonly ServerState[], rateLimit: number | null): string {
  const weights = Object.fromEntries(servers.map((server) => [server.name, server.weight]))
  return contentHash({ weights, rateLimit }).slice('sha256:'.length, 'sha256:'.length + 16)
}
