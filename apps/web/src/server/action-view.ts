import type { ActionEventRecord, HarmBound, LedgerAction } from '@tenon/actions'

/** An action with ISO 8601 times, as the API gives it. */
export interface ActionView extends Omit<
  LedgerAction,
  'createdAt' | 'appliedAt' | 'endedAt' | 'leaseUntil' | 'request' | 'intent' | 'revert' | 'before'
> {
  createdAt: string
  appliedAt: string | null
  endedAt: string | null
  leaseUntil: string | null
  /** Whether it can be put back. */
  revertible: boolean
  /** The shares by which it goes in, in percent, and how long each is watched; null when it is done at once. */
  ramp: { percents: number[]; watchSeconds: number } | null
  /** Outside of one of these it is put back at once. */
  harm: HarmBound[]
  events: { at: string; kind: ActionEventRecord['kind']; actor: string; detail: Record<string, unknown> }[]
}

const iso = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString())

export function actionView(action: LedgerAction, events: ActionEventRecord[]): ActionView {
  // Its plan says what people need of the intent; the rest is the driver's.
  const { request, intent: _intent, revert, before: _before, ...shown } = action
  return {
    ...shown,
    createdAt: new Date(action.createdAt).toISOString(),
    appliedAt: iso(action.appliedAt),
    endedAt: iso(action.endedAt),
    leaseUntil: iso(action.leaseUntil),
    revertible: revert !== null,
    ramp: rampOf(action),
    harm: request.harm ?? [],
    events: events.map(({ at, kind, actor, detail }) => ({ at: new Date(at).toISOString(), kind, actor, detail })),
  }
}

/** As it goes in: shares that rounding makes equal are one step, and of a weight of 1 there is no half. */
function rampOf({ request, plan, before }: LedgerAction): ActionView['ramp'] {
  const ramp = request.kind === 'traffic-switch' ? request.ramp : undefined
  if (!ramp) return null
  const found = new Map(before.servers.map(({ name, weight }) => [name, weight]))
  const percents = plan.waves.map((wave) => {
    if (wave.kind !== 'set-weights') return 100
    const names = Object.keys(wave.weights)
    const [left, all] = [Object.values(wave.weights), names.map((name) => found.get(name) ?? 0)].map((weights) =>
      weights.reduce((sum, weight) => sum + weight, 0),
    )
    return all ? Math.round(100 * (1 - (left ?? 0) / all)) : 100
  })
  return { percents, watchSeconds: ramp.watchSeconds }
}
