import { messageOf } from '../action-error.ts'
import type { ActionDeps } from '../deps.ts'
import { autonomy } from './autonomy.ts'
import { blastRadius } from './blast-radius.ts'
import { capacityFloor } from './capacity-floor.ts'
import { freeze } from './freeze.ts'
import { alertStillFires, evidenceAge } from './freshness.ts'
import type { Guard, GuardCheck, GuardSubject } from './guard.ts'
import { killSwitch } from './kill-switch.ts'
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

/** Judges the guards that hold for every action. One that fails to answer does not pass. */
export async function judgeGuards(subject: GuardSubject, deps: ActionDeps): Promise<Guard[]> {
  const judged = await Promise.all(
    checks.map((check) =>
      check(subject, deps).catch((error: unknown): Guard => ({
        name: 'A guard could not be judged',
        pass: false,
        detail: messageOf(error),
      })),
    ),
  )
  return judged.filter((guard) => guard !== null)
}
