/**
 * How much a runbook may do alone, for each kind of action: it is shown only, suggested to people, carried out when they approve, or carried
 * out by itself. An admin grants a level; what happened since decides whether it holds. Pure: the ledger's figures come in.
 */
import * as z from 'zod'
import type { ActionPolicy } from './policy.ts'

export const autonomyLevel = z.enum(['observe', 'suggest', 'approve', 'automatic'])
export type AutonomyLevel = z.infer<typeof autonomyLevel>

/** What an admin granted. */
export interface AutonomyGrant {
  level: AutonomyLevel
  by: string
  /** Unix ms. */
  at: number
}

/** What the ledger says of a runbook's actions of one kind. */
export interface AutonomyRecord {
  /** Approved by people and ended as meant, since the newest trouble (or ever, without any). */
  supervisedSuccesses: number
  /** The newest one that failed, ended unknown, or did harm; null when there is none. */
  trouble: { actionId: string; title: string; status: string; at: number } | null
}

export interface Autonomy {
  /** What holds now. */
  level: AutonomyLevel
  granted: AutonomyGrant | null
  /** Why it is less than what was granted. */
  demotedBy: AutonomyRecord['trouble']
}

/**
 * The level that holds. Trouble after the grant takes `automatic` away by itself, and only a new grant brings it back.
 * No grant is the policy's usual level, which is never `automatic`.
 */
export function autonomyNow(granted: AutonomyGrant | null, record: AutonomyRecord, policy: ActionPolicy): Autonomy {
  if (!granted) return { level: policy.autonomy.usual, granted: null, demotedBy: null }
  const { trouble } = record
  // At the same moment counts as after: when in doubt, people are asked.
  if (granted.level === 'automatic' && trouble && trouble.at >= granted.at)
    return { level: 'approve', granted, demotedBy: trouble }
  return { level: granted.level, granted, demotedBy: null }
}

/**
 * Whether an admin may grant the level now: null, or what stands against it. Down is always allowed; up goes one step at a time, and
 * to `automatic` only after enough approved actions that went well.
 */
export function grantRefusal(
  wanted: AutonomyLevel,
  now: Autonomy,
  record: AutonomyRecord,
  policy: ActionPolicy,
): { message: string; fix: string } | null {
  const order = autonomyLevel.options
  const steps = order.indexOf(wanted) - order.indexOf(now.level)
  if (steps <= 0) return null
  if (wanted !== 'automatic') {
    if (steps === 1) return null
    return {
      message: `From ${now.level} to ${wanted} skips a level.`,
      fix: `Grant ${order[order.indexOf(now.level) + 1] ?? wanted} first.`,
    }
  }
  if (now.level !== 'approve')
    return { message: `From ${now.level} to automatic skips a level.`, fix: 'Grant approve first.' }
  const { supervisedSuccesses: needed } = policy.autonomy
  if (record.supervisedSuccesses >= needed) return null
  const since = record.trouble ? ` since "${record.trouble.title}" ended ${record.trouble.status}` : ''
  return {
    message: `${record.supervisedSuccesses} approved actions went well${since}, and ${needed} are needed before it may act alone.`,
    fix: 'Let it act with approval until then.',
  }
}
