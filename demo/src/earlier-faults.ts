/** Incidents that the shop's history has, mended long ago: what can be looked back at, and tried again. */
import * as z from 'zod'
import { type FaultKind, faultKind } from './fault-kinds.ts'
import { changesThatEnd, changeThatBegan, type PostedChange } from './shop-changes.ts'
import type { SimulatedFault } from './simulate.ts'

/** Counted back from when the world is made. */
export interface EarlierFault {
  kind: FaultKind
  beganMinutesAgo: number
  lastedMinutes: number
  severity?: number
}

const written = /^([a-z-]+)@(\d+)m\/(\d+)m(?::(0?\.\d+|1))?$/

/** `source-drop@1560m/10m, bad-change@1800m/12m:0.5`: kind, when it began before now, how long it lasted, its severity. */
export const earlierFaults = z
  .string()
  .transform((text) => text.split(',').flatMap((one) => (one.trim() === '' ? [] : [one.trim()])))
  .pipe(
    z.array(
      z.string().transform((text, context): EarlierFault => {
        const [, name, began, lasted, severity] = written.exec(text) ?? []
        const kind = faultKind.safeParse(name)
        const [beganMinutesAgo, lastedMinutes] = [Number(began), Number(lasted)]
        if (kind.success && lastedMinutes > 0 && lastedMinutes <= beganMinutesAgo) {
          return {
            kind: kind.data,
            beganMinutesAgo,
            lastedMinutes,
            ...(severity === undefined ? {} : { severity: Number(severity) }),
          }
        }
        context.addIssue({ code: 'custom', message: `"${text}" must be like source-drop@1560m/10m` })
        return z.NEVER
      }),
    ),
  )

const minute = 60_000
const firstEarlierChange = 2001

/** @param made when the world was made, unix milliseconds */
export function earlierSimulated(faults: readonly EarlierFault[], made: number): SimulatedFault[] {
  return faults.map(({ kind, beganMinutesAgo, lastedMinutes, severity }) => {
    const from = made - beganMinutesAgo * minute
    return { kind, from, to: from + lastedMinutes * minute, ...(severity === undefined ? {} : { severity }) }
  })
}

/** What people did about them, as it was reported then. */
export function earlierChanges(faults: readonly EarlierFault[], made: number): PostedChange[] {
  return earlierSimulated(faults, made).flatMap(({ kind, from, to, severity = 1 }, index) => {
    const changeId = kind === 'bad-change' || kind === 'load-test' ? `CHG-${firstEarlierChange + index}` : null
    const fault = { kind, since: from, severity, changeId }
    const began = changeThatBegan(fault)
    return began === null ? [] : changesThatEnd(fault, { at: to, rollbackId: `${began.id}-rollback` })
  })
}
