/**
 * Whether a campaign kept its promises: the ledger and what people were told, against the targets' own log of what reached them. Pure, so that it can
 * itself be tested with mistakes that were planted.
 */
import { isFinal, type ActionEventRecord, type LedgerAction } from '@tenon/actions'

/** One call that reached a target, in the order in which they took effect. Refused calls are in it too. */
export interface TruthCall {
  target: string
  /** `<action id>/wave-<n>` or `<action id>/revert`. */
  key: string
  fence: number
  /** Unix ms of this machine. */
  at: number
  /** Whether the target is different after it. */
  changed: boolean
  /** Those of its parts that are different. */
  parts: readonly string[]
  /** Healthy servers with traffic in the target, right after it. */
  serving: number
}

export interface CampaignRecord {
  actions: readonly LedgerAction[]
  events: readonly ActionEventRecord[]
  truth: readonly TruthCall[]
  /** Keys that somebody was told would be carried out. */
  triggers: readonly string[]
  /** Ids of actions of which people were told that they are unknown. */
  pages: readonly string[]
  /** Action id -> unix ms at which its durable timer was there. */
  leases: ReadonlyMap<string, number>
  /** Keys of actions that a person had to approve. */
  needApproval: ReadonlySet<string>
  /** Keys whose job was tried for minutes and never ended, with what the tries said. */
  stuck: ReadonlyMap<string, string>
  /** Healthy servers with traffic that must be left. */
  minimumServing: number
}

/** The invariants, by the names of docs/safety-campaign.md. */
export type Invariant =
  | 'once'
  | 'fence-rises'
  | 'done-is-true'
  | 'not-done-is-true'
  | 'back-is-true'
  | 'trigger-kept'
  | 'ends'
  | 'unknown-told'
  | 'approved'
  | 'floor'
  | 'leased'
  | 'known-change'
  | 'events-in-order'

export interface Breach {
  invariant: Invariant
  subject: string
  detail: string
}

/** Every broken promise; none for a campaign that went well. */
export function checkCampaign(record: CampaignRecord): Breach[] {
  const changes = record.truth.filter(({ changed }) => changed)
  const byAction = Map.groupBy(changes, ({ key }) => actionOf(key))
  const eventsOf = Map.groupBy(record.events, ({ actionId }) => actionId)
  return [
    ...once(changes),
    ...fences(changes),
    ...floor(record),
    ...triggers(record),
    ...strangers(record, changes),
    ...[...record.stuck].map(([key, why]): Breach => ({
      invariant: 'ends',
      subject: key,
      detail: `never ended: ${why}`,
    })),
    ...record.actions.flatMap((action) =>
      ofAction(action, {
        record,
        changes: byAction.get(action.id) ?? [],
        events: eventsOf.get(action.id) ?? [],
      }),
    ),
  ]
}

function once(changes: readonly TruthCall[]): Breach[] {
  // By parts: what a call that stopped half-way left is changed by the next try, and no part of it twice.
  return [...Map.groupBy(changes, ({ key }) => key)].flatMap(([key, calls]): Breach[] => {
    const twice = [
      ...Map.groupBy(
        calls.flatMap(({ parts }) => parts),
        (part) => part,
      ),
    ].find(([, times]) => times.length > 1)
    return twice ? [{ invariant: 'once', subject: key, detail: `it changed ${twice[0]} ${twice[1].length} times` }] : []
  })
}

function fences(changes: readonly TruthCall[]): Breach[] {
  const highest = new Map<string, number>()
  const breaches: Breach[] = []
  for (const { target, fence, key } of changes) {
    const before = highest.get(target) ?? 0
    if (fence <= before)
      breaches.push({ invariant: 'fence-rises', subject: key, detail: `fence ${fence} on ${target} after ${before}` })
    highest.set(target, Math.max(before, fence))
  }
  return breaches
}

function floor({ truth, minimumServing }: CampaignRecord): Breach[] {
  return truth
    .filter(({ serving }) => serving < minimumServing)
    .map(({ key, serving, target }) => ({
      invariant: 'floor',
      subject: key,
      detail: `${serving} servers of ${target} were left, ${minimumServing} are needed`,
    }))
}

function triggers({ triggers: accepted, actions }: CampaignRecord): Breach[] {
  const keys = Map.groupBy(actions, ({ key }) => key)
  return accepted.flatMap((key): Breach[] => {
    const count = keys.get(key)?.length ?? 0
    return count === 1 ? [] : [{ invariant: 'trigger-kept', subject: key, detail: `${count} actions in the ledger` }]
  })
}

function strangers({ actions }: CampaignRecord, changes: readonly TruthCall[]): Breach[] {
  const ids = new Set(actions.map(({ id }) => id))
  return changes
    .filter(({ key }) => !ids.has(actionOf(key)))
    .map(({ key, target }) => ({ invariant: 'known-change', subject: key, detail: `${target} changed, no ledger row` }))
}

function ofAction(
  action: LedgerAction,
  of: { record: CampaignRecord; changes: readonly TruthCall[]; events: readonly ActionEventRecord[] },
): Breach[] {
  const { record, changes, events } = of
  const breach = (invariant: Invariant, detail: string): Breach => ({ invariant, subject: action.key, detail })
  const has = (kind: ActionEventRecord['kind']): boolean => events.some((event) => event.kind === kind)
  const waves = changes.filter(({ key }) => !key.endsWith('/revert'))
  const backs = changes.filter(({ key }) => key.endsWith('/revert'))
  const breaches: Breach[] = []
  // Whoever says "done" says it with an event `lease`; later statuses hide it.
  if (has('lease') && waves.length === 0) breaches.push(breach('done-is-true', 'called done, and no call changed it'))
  if (['not-done', 'refused', 'rehearsed'].includes(action.status) && waves.length > 0)
    breaches.push(breach('not-done-is-true', `called ${action.status}, and a call changed its target`))
  if (['reverted', 'expired'].includes(action.status) && lastOf(waves) > lastOf(backs))
    breaches.push(breach('back-is-true', `called ${action.status}, and its change came last`))
  if (!isFinal(action.status) && action.status !== 'done' && action.status !== 'unknown')
    breaches.push(breach('ends', `it is still ${action.status}`))
  if ((has('unknown') || action.status === 'unknown') && !record.pages.includes(action.id))
    breaches.push(breach('unknown-told', 'nobody was told'))
  if (
    waves.length > 0 &&
    record.needApproval.has(action.key) &&
    (action.approvedHash !== action.planHash || !has('approval'))
  )
    breaches.push(breach('approved', 'its target changed without the approval of its plan'))
  const leasedAt = record.leases.get(action.id) ?? null
  const first = waves.map(({ at }) => at).reduce((a, b) => Math.min(a, b), Infinity)
  if (waves.length > 0 && action.revert !== null && (leasedAt === null || leasedAt > first))
    breaches.push(breach('leased', 'its target changed before a timer that puts it back was there'))
  const order = events.map(({ kind }) => kind)
  if (order[0] !== 'plan' || (waves.length > 0 && !has('intent')) || before(order, 'apply', 'intent'))
    breaches.push(breach('events-in-order', `its events are ${order.join(', ')}`))
  return breaches
}

function before(order: readonly string[], early: string, late: string): boolean {
  const [first, second] = [order.indexOf(early), order.indexOf(late)]
  return first >= 0 && (second < 0 || first < second)
}

const lastOf = (calls: readonly TruthCall[]): number => calls.reduce((last, { fence }) => Math.max(last, fence), 0)
const actionOf = (key: string): string => key.slice(0, key.indexOf('/'))
