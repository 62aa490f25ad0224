/** What a target looked like, as one short text: for compare-and-set. */
import { contentHash } from '@tenon/runbook'
import type { ServerState, SettingValue } from './driver.ts'

/**
 * Version of a target's state for systems that have none of their own: its weights and its settings, and nothing that moves by itself (rates,
 * health), so that it changes when somebody changed the target. It cannot tell a change that was put back; an etag can.
 */
export function stateVersion(servers: readonly ServerState[], values: Readonly<Record<string, SettingValue>>): string {
  const weights = Object.fromEntries(servers.map((server) => [server.name, server.weight]))
  return contentHash({ weights, values }).slice('sha256:'.length, 'sha256:'.length + 16)
}
