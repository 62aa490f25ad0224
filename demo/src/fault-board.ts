/** Which faults are active, kept in a file, so that a shop that is started again goes on where it was. */
import * as z from 'zod'
import { conditionsUnder, type Conditions } from './conditions.ts'
import { describeFault, faultKind, type FaultKind } from './fault-kinds.ts'
import { readStored } from './read-stored.ts'
import type { SimulatedFault } from './simulate.ts'
import { writeWhole } from './write-whole.ts'

const activeFault = z.object({
  kind: faultKind,
  severity: z.number().gt(0).max(1),
  /** Unix milliseconds. */
  since: z.number(),
  /** The change that began it, when one did. */
  changeId: z.string().nullable(),
})
export type BoardFault = z.infer<typeof activeFault>

const boardState = z.object({
  faults: z.array(activeFault),
  /** When the world was made, unix milliseconds. */
  made: z.number(),
  /** Changes are numbered on. */
  nextChange: z.number().int().positive(),
})

export interface FaultBoard {
  /** When the world was made, unix milliseconds. */
  readonly made: number
  active(): readonly BoardFault[]
  /** What they do to the world now. */
  conditions(): Conditions
  /** The same for the simulator, which fills the past. */
  simulated(): SimulatedFault[]
  /** Sets one; the same kind again changes its severity and keeps its beginning. */
  set(kind: FaultKind, options?: { severity?: number; since?: number }): Promise<BoardFault>
  /** @returns those that were active. */
  clear(kind?: FaultKind): Promise<readonly BoardFault[]>
}

/**
 * Whether the shop was there before: then its file exists.
 *
 * @throws ShopError `bad-state` when the file is not one that the shop wrote
 */
export async function openFaultBoard(file: string): Promise<{ board: FaultBoard; isNew: boolean }> {
  const stored = await readStored(file, boardState)
  const state = stored ?? { faults: [], made: Date.now(), nextChange: 2041 }
  let conditions = conditionsUnder(state.faults)
  let saving: Promise<void> = Promise.resolve()
  // One after another, each with what holds when its turn comes: an older state never overwrites a newer one.
  const save = (): Promise<void> => {
    const mine = saving.then(() => writeWhole(file, `${JSON.stringify(state, null, 2)}\n`))
    saving = mine.catch(() => undefined)
    return mine
  }
  const changed = (): Promise<void> => {
    conditions = conditionsUnder(state.faults)
    return save()
  }
  const board: FaultBoard = {
    made: state.made,
    active: () => state.faults,
    conditions: () => conditions,
    simulated: () =>
      state.faults.map(({ kind, severity, since }) => ({ kind, severity, from: since, to: Number.MAX_SAFE_INTEGER })),
    async set(kind, { severity = describeFault(kind).defaultSeverity, since = Date.now() } = {}) {
      const known = state.faults.find((fault) => fault.kind === kind)
      const fault = known ?? { kind, severity, since, changeId: announces(kind) ? `CHG-${state.nextChange++}` : null }
      fault.severity = severity
      if (!known) state.faults.push(fault)
      await changed()
      return fault
    },
    async clear(kind) {
      const ended = state.faults.filter((fault) => kind === undefined || fault.kind === kind)
      state.faults = state.faults.filter((fault) => !ended.includes(fault))
      await changed()
      return ended
    },
  }
  await changed()
  return { board, isNew: stored === null }
}

/** A bad deploy and a load test are somebody's doing; the other faults happen. */
function announces(kind: FaultKind): boolean {
  switch (kind) {
    case 'bad-change':
    case 'load-test':
      return true
    case 'source-drop':
    case 'zone-latency':
    case 'db-saturation':
    case 'low-traffic':
    case 'lost-scrape':
    case 'error-burst':
    case 'slow-host':
    case 'slow-dependency':
    case 'connection-leak':
      return false
  }
}
