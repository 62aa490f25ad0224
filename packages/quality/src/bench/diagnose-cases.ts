/** Puts the incidents into time, with what else goes on around them: harmless changes, and the echo of a fault that is over. */
import type { SimulatedFault } from '@tenon/demo'
import { allIncidents, type ChangeScope, type Incident } from './diagnose-incidents.ts'

export interface PlacedCase extends Incident {
  /** Unix milliseconds. */
  onset: number
  asOf: number
  changeId: string
  /** What other systems report around it. */
  changes: PostedChange[]
  faults: SimulatedFault[]
}

export interface PostedChange {
  id: string
  kind: string
  title: string
  startedAt: string
  endedAt?: string
  scope: ChangeScope
}

const MINUTE = 60_000
/** Far enough apart that the one before is over when a case's window begins. */
export const SPACING_MINUTES = 150
const LASTS_MINUTES = 20
const JUDGED_AFTER_MINUTES = 6

interface Distractor {
  kind: string
  title: string
  /** Minutes from the onset. */
  from: number
  to?: number
  scope: ChangeScope
}

/** Each is harmless: nothing follows from it. Some are near in time, some near in place; none is both. */
const distractors: readonly Distractor[] = [
  {
    kind: 'deploy',
    title: 'stock v7 to stock-b-2',
    from: -35,
    scope: { entity: 'stock', hosts: ['stock-b-2'], version: 'v7' },
  },
  { kind: 'config', title: 'risk rule set 118', from: -50, to: -49, scope: { entity: 'risk' } },
  { kind: 'load-test', title: 'Load test of card payment', from: -75, to: -45, scope: { entity: 'marketplace' } },
  { kind: 'deploy', title: 'report-service v3', from: -2, scope: { entity: 'report-service' } },
  { kind: 'flag', title: 'New checkout page for 5 % of buyers', from: 4, scope: { entity: 'cashier-render' } },
  { kind: 'deploy', title: 'gateway v12', from: -100, to: -90, scope: { entity: 'gateway' } },
  { kind: 'config', title: 'stock cache 20 s', from: -12, to: -11, scope: { entity: 'stock', zone: 'B' } },
]

/** Gives each case its time, the last one ending a little before `now` (unix milliseconds). */
export function placeCases(now: number): PlacedCase[] {
  const incidents = allIncidents()
  return incidents.map((one, index): PlacedCase => {
    const onset = now - (incidents.length - index) * SPACING_MINUTES * MINUTE + (index % 7) * 37_000
    const asOf = onset + (one.judgedAfter ?? JUDGED_AFTER_MINUTES) * MINUTE
    // The live shop has changes of its own from CHG-2000 on.
    const changeId = `CHG-${9001 + index}`
    return {
      ...one,
      onset,
      asOf,
      changeId,
      changes: changesOf(one, { index, onset, changeId }),
      faults: faultsOf(one, { index, onset, asOf }),
    }
  })
}

/** The fault itself, and for every third case one that was over well before. */
function faultsOf(
  { fault, severity, hosts }: Incident,
  { index, onset, asOf }: { index: number; onset: number; asOf: number },
): SimulatedFault[] {
  const echo: SimulatedFault[] =
    index % 3 === 1 && fault !== 'low-traffic'
      ? [{ kind: 'error-burst', from: onset - 75 * MINUTE, to: onset - 55 * MINUTE, severity: 0.15 }]
      : []
  if (fault === null) return echo
  const to = Math.max(asOf + MINUTE, onset + LASTS_MINUTES * MINUTE)
  const own: SimulatedFault = {
    kind: fault,
    from: onset,
    to,
    ...(severity === undefined ? {} : { severity }),
    ...(hosts === undefined ? {} : { hosts }),
  }
  return [...echo, own]
}

function changesOf(
  { change, fault }: Incident,
  { index, onset, changeId }: { index: number; onset: number; changeId: string },
): PostedChange[] {
  const others = [0, 1, 2].map((turn) => distractors[(index * 2 + turn * 3) % distractors.length]!)
  const harmless = others.map(({ from, to, kind, title, scope }, turn): PostedChange => ({
    id: `${changeId}-other-${turn + 1}`,
    kind,
    title,
    startedAt: iso(onset + from * MINUTE),
    ...(to === undefined ? {} : { endedAt: iso(onset + to * MINUTE) }),
    scope,
  }))
  if (!change) return harmless
  const ended = fault === 'load-test' ? { endedAt: iso(onset + LASTS_MINUTES * MINUTE) } : {}
  return [...harmless, { id: changeId, ...change, startedAt: iso(onset), ...ended }]
}

/** Whether the cause that a report names first is what was done to the shop. */
export function isCause({ expect, changeId }: PlacedCase, key: string): boolean {
  return (
    expect.kind === 'cause' &&
    expect.keys.some((one) => new RegExp(one.source.replace('THE-CHANGE', changeId)).test(key))
  )
}

function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString()
}
