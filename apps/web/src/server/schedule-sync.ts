/** Tells Temporal about changed schedules without making people wait for it. */
import { problemOf } from './errors.ts'
import { isSchedule, syncSchedules } from './schedules.ts'
import type { Services } from './services.ts'

type Parts = Pick<Services, 'db' | 'engine'>

/** How long an answer waits for Temporal; it mostly takes a few milliseconds. */
const patienceMs = 250
/** Waits before the next attempts; the last one repeats. What is left over when the process ends is done at the next start. */
const waitsMs = [2_000, 10_000, 60_000]

export async function hasSchedules({ db }: Pick<Services, 'db'>, runbook: string): Promise<boolean> {
  return (await db.runbooks.triggersOf(runbook)).some(isSchedule)
}

/**
 * Makes the schedules of a runbook what its live versions say. What does not succeed soon goes on behind the answer, again and again.
 *
 * @returns null when it is done, else a sentence for people.
 */
export async function syncSoon(parts: Parts, runbook: string): Promise<string | null> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve('Temporal has not answered yet.'), patienceMs)
  })
  const done = syncSchedules(parts, runbook).then(
    () => null,
    (error: unknown) => {
      tryAgain(parts, runbook)
      return problemOf(error).message
    },
  )
  const reason = await Promise.race([done, late])
  clearTimeout(timer)
  return reason === null ? null : `Its schedules are not changed yet: ${reason} Tenon goes on trying.`
}

/** Runbooks whose schedules are being tried again; asking twice tries once. */
const trying = new WeakMap<Parts['engine'], Set<string>>()

function tryAgain(parts: Parts, runbook: string): void {
  const names = trying.get(parts.engine) ?? new Set()
  trying.set(parts.engine, names)
  if (names.has(runbook)) return
  names.add(runbook)
  const attempt = (turn: number): void => {
    const wait = waitsMs[Math.min(turn, waitsMs.length - 1)]
    setTimeout(() => {
      syncSchedules(parts, runbook).then(
        () => names.delete(runbook),
        () => attempt(turn + 1),
      )
    }, wait).unref()
  }
  attempt(0)
}
