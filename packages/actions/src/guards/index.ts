import { messageOf } from '../action-error.ts'
import type { ActionDeps } from '../deps.ts'
import type { Refusal } from '../ledger.ts'
import type { ActionPolicy } from '../policy.ts'
import { autonomy } from './autonomy.ts'
import { blastRadius } from './blast-radius.ts'
import { capacityFloor } from './capacity-floor.ts'
import { freeze } from './freeze.ts'
import { alertStillFires, evidenceAge } from './freshness.ts'
import type { Guard, GuardCheck, GuardSubject } from './guard.ts'
import { killSwitch, writesAllowed } from './kill-switch.ts'
import { selection } from './selection.ts'

/** In the order that people read them. */
const checks: GuardCheck[] = [
  killSwitch,
  freeze,
  selection,
  blastRadius,
  capacityFloor,
  alertStillFires,
  evidenceAge,
  autonomy,
]

/** Judges the guards that hold for every action, all by one reading of the policy. One that fails to answer does not pass. */
export async function judgeGuards(subject: GuardSubject, deps: ActionDeps): Promise<Guard[]> {
  let policy: Promise<ActionPolicy> | null = null
  const once: ActionDeps = { ...deps, policy: () => (policy ??= deps.policy()) }
  const judged = await Promise.all(
    checks.map((check) =>
      check(subject, once).catch((error: unknown): Guard => ({
        name: 'A guard could not be judged',
        pass: false,
        detail: messageOf(error),
      })),
    ),
  )
  return judged.filter((guard) => guard !== null)
}

/** Why the action may not go on, by the first guard that does not pass; null when all of them do. */
export function refusalOf(guards: readonly Guard[]): Refusal | null {
  const failing = guards.find((guard) => !guard.pass)
  if (!failing) return null
  return {
    code: failing.name === writesAllowed ? 'writes-stopped' : 'guard-failed',
    message: `${failing.name}: ${failing.detail}.`,
    fix: 'Remove what the guard names, then run the step again.',
  }
}
