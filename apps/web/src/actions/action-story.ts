/** What the ledger's events tell of an action's steps, its bounds and who did what. Pure. */
import type { ActionDetail } from './action-words.ts'

type Story = Pick<ActionDetail, 'status' | 'ramp' | 'events' | 'appliedAt' | 'harm' | 'requestedBy' | 'approvedBy'>

export interface WaveRow {
  percent: number
  state: 'done' | 'now' | 'harm' | 'not-begun'
  /** When it was in effect. */
  at: string | null
}

/** The steps of a ramp, and how far it got; none when it was done at once. */
export function waveRows({ status, ramp, events, appliedAt }: Story): WaveRow[] {
  if (!ramp) return []
  const reached = new Map(
    events.flatMap(({ kind, at, detail }) => (kind === 'wave' ? [[Number(detail['wave']), at] as const] : [])),
  )
  const harmed = events.find(({ kind, detail }) => kind === 'harm' && detail['wave'] !== undefined)?.detail['wave']
  const stopped = events.find(({ detail }) => detail['stoppedAtWave'] !== undefined)?.detail['stoppedAtWave']
  // The last step writes no event of its own: with it the action is in effect.
  if (appliedAt !== null && stopped === undefined) reached.set(ramp.percents.length, appliedAt)
  const next = ramp.percents.findIndex((_, index) => !reached.has(index + 1))
  return ramp.percents.map((percent, index) => {
    const at = reached.get(index + 1) ?? null
    if (harmed === index + 1) return { percent, state: 'harm', at }
    if (at !== null) return { percent, state: 'done', at }
    return { percent, state: status === 'intended' && index === next ? 'now' : 'not-begun', at }
  })
}

/** @example boundWords({ minimum: 0.98, maximum: null }, String) // 'at least 0.98' */
export function boundWords(
  { minimum, maximum }: { minimum: number | null; maximum: number | null },
  figure: (value: number) => string,
): string {
  if (minimum !== null && maximum !== null) return `${figure(minimum)} to ${figure(maximum)}`
  return minimum === null ? `at most ${figure(maximum ?? 0)}` : `at least ${figure(minimum)}`
}

/** Who did something to it, in order: asked, approved, renewed, kept, settled or reverted. */
export function peopleRows({
  requestedBy,
  approvedBy,
  events,
}: Story): { did: string; who: string; at: string | null }[] {
  const rows: { did: string; who: string; at: string | null }[] = [
    { did: 'asked by', who: requestedBy, at: null },
    { did: 'approved by', who: approvedBy ?? '', at: null },
  ]
  for (const { kind, actor, at, detail } of events) {
    const did = actor === 'system' ? null : deed(kind, detail)
    if (did) rows.push({ did, who: actor, at })
  }
  return rows
}

function deed(kind: ActionDetail['events'][number]['kind'], detail: Record<string, unknown>): string | null {
  switch (kind) {
    case 'lease':
      return detail['look'] === true ? 'settled by' : 'renewed by'
    case 'keep':
      return 'kept by'
    case 'revert':
      if (detail['readBack'] === undefined && detail['found'] === undefined) return null
      return detail['look'] === true ? 'settled by' : 'reverted by'
    case 'apply':
      return 'settled by'
    case 'plan':
    case 'approval':
    case 'intent':
    case 'attempt':
    case 'wave':
    case 'verify':
    case 'harm':
    case 'drift':
    case 'again':
    case 'unknown':
    case 'refused':
      return null
  }
}
