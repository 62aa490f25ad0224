/** What actions may do: the policy, and the trust in each runbook. For the browser and the REST API alike. */
import type { ActionKind, ActionPolicy, AutonomyLevel } from '@tenon/actions'
import type { AutonomyRow } from '@tenon/db'
import { actorKey, labelOf, type Actor } from './actor.ts'
import { ApiError } from './errors.ts'
import type { Services } from './services.ts'

type Rules = Pick<Services, 'db'>

export async function setActionPolicy({ db }: Rules, { policy, actor }: { policy: ActionPolicy; actor: Actor }) {
  const before = await db.actionRules.policy()
  await db.actionRules.setPolicy(policy, labelOf(actor))
  const detail = { before, after: policy }
  await db.audit.append({ actor: actorKey(actor), action: 'actionRules.setPolicy', subject: 'actions', detail })
  return policy
}

/** @throws ApiError `autonomy-refused` (409) when the ladder forbids it; the refusal is in the audit log as well. */
export async function grantAutonomy(
  services: Rules,
  wanted: { runbook: string; kind: ActionKind; level: AutonomyLevel; reason: string; actor: Actor },
) {
  const { actor, ...grant } = wanted
  const { runbook, kind, level, reason } = grant
  const refusal = await services.db.actionRules.grant({ ...grant, by: labelOf(actor) })
  await services.db.audit.append({
    actor: actorKey(actor),
    action: refusal ? 'actionRules.grant-refused' : 'actionRules.grant',
    subject: `${runbook}/${kind}`,
    detail: { level, reason, ...(refusal ? { refusal: refusal.message } : {}) },
  })
  if (refusal) throw new ApiError({ status: 409, code: 'autonomy-refused', ...refusal })
  return { runbook, kind, level }
}

/** Times are ISO 8601. */
export function autonomyView(row: AutonomyRow) {
  const { runbook, kind, level, granted, demotedBy, reason, supervisedSuccesses } = row
  return {
    runbook,
    kind,
    level,
    granted: granted && { level: granted.level, by: granted.by, at: isoOf(granted.at), reason: reason ?? '' },
    demotedBy: demotedBy && {
      action: demotedBy.actionId,
      title: demotedBy.title,
      status: demotedBy.status,
      at: isoOf(demotedBy.at),
    },
    supervisedSuccesses,
  }
}

const isoOf = (at: number): string => new Date(at).toISOString()
