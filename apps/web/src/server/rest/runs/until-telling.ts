import type { Services } from '../../services.ts'
import { untilTrue } from '../until-true.ts'

/** Waits until a run has ended, or can go no further without a person; at most `ms`. */
export function untilTelling(
  { db, live }: Pick<Services, 'db' | 'live'>,
  id: string,
  options: { ms: number; signal: AbortSignal },
): Promise<void> {
  return untilTrue(live, () => db.runs.isTelling(id), { ...options, id })
}
