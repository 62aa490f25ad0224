import { messageOf } from '../action-error.ts'
import type { ActionDeps } from '../deps.ts'
import type { Guard, GuardCheck, GuardSubject } from './guard.ts'
import { killSwitch } from './kill-switch.ts'

/** In the order that people read them. */
const checks: GuardCheck[] = [killSwitch]

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
