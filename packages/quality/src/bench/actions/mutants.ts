/** Mistakes planted in the record of a campaign that went well: a checker that misses one proves nothing. */
import type { CampaignRecord, Invariant } from './checker.ts'

export interface Mutant {
  name: string
  /** The promise that it breaks. */
  breaks: Invariant
  plant(record: CampaignRecord): CampaignRecord
}

/** The first action that was carried out, approved by a person and put back; every campaign has one. */
function victimOf(record: CampaignRecord) {
  const action = record.actions.find(
    ({ id, status, key }) =>
      status === 'expired' &&
      record.needApproval.has(key) &&
      record.triggers.includes(key) &&
      record.truth.some((call) => call.changed && call.key === `${id}/wave-0`) &&
      record.truth.some((call) => call.changed && call.key === `${id}/revert`),
  )
  if (!action) throw new Error('The campaign has no approved action that was carried out and put back.')
  const wave = record.truth.find((call) => call.changed && call.key === `${action.id}/wave-0`)
  if (!wave) throw new Error('The campaign has no call that changed a target.')
  return { action, wave }
}

const changedAction = (record: CampaignRecord, change: Partial<CampaignRecord['actions'][number]>): CampaignRecord => {
  const { action } = victimOf(record)
  return { ...record, actions: record.actions.map((one) => (one === action ? { ...one, ...change } : one)) }
}
const withoutEvents = (record: CampaignRecord, kind: string): CampaignRecord => {
  const { id } = victimOf(record).action
  return { ...record, events: record.events.filter((event) => event.actionId !== id || event.kind !== kind) }
}

export const mutants: Mutant[] = [
  {
    name: 'an action is done twice',
    breaks: 'once',
    plant: (record) => ({ ...record, truth: [...record.truth, { ...victimOf(record).wave, fence: 1e9 }] }),
  },
  {
    name: 'a call with an old fence takes effect',
    breaks: 'fence-rises',
    plant: (record) => {
      const { wave, action } = victimOf(record)
      return { ...record, truth: [...record.truth, { ...wave, key: `${action.id}/wave-1`, fence: 1 }] }
    },
  },
  {
    name: 'a call that was called done never reached its target',
    breaks: 'done-is-true',
    plant: (record) => {
      const { wave } = victimOf(record)
      return { ...record, truth: record.truth.filter((call) => call !== wave) }
    },
  },
  {
    name: 'what was done is called not done',
    breaks: 'not-done-is-true',
    plant: (record) => changedAction(record, { status: 'not-done' }),
  },
  {
    name: 'what is in effect is called put back',
    breaks: 'back-is-true',
    plant: (record) => {
      const back = `${victimOf(record).action.id}/revert`
      return { ...record, truth: record.truth.filter(({ key }) => key !== back) }
    },
  },
  {
    name: 'a row of the ledger is dropped',
    breaks: 'known-change',
    plant: (record) => {
      const { action } = victimOf(record)
      return { ...record, actions: record.actions.filter((one) => one !== action) }
    },
  },
  {
    name: 'a trigger is accepted and forgotten',
    breaks: 'trigger-kept',
    plant: (record) => ({ ...record, triggers: [...record.triggers, 'campaign/forgotten'] }),
  },
  {
    name: 'one trigger makes two actions',
    breaks: 'trigger-kept',
    plant: (record) => ({ ...record, actions: [...record.actions, { ...victimOf(record).action, id: 'copy' }] }),
  },
  {
    name: 'an intent never gets an outcome',
    breaks: 'ends',
    plant: (record) => changedAction(record, { status: 'intended' }),
  },
  {
    name: 'a job is tried for ever',
    breaks: 'ends',
    plant: (record) => ({ ...record, stuck: new Map([[victimOf(record).action.key, 'no answer']]) }),
  },
  {
    name: 'nobody is told of an unknown',
    breaks: 'unknown-told',
    plant: (record) => {
      const { id } = victimOf(record).action
      const event = { actionId: id, at: 0, kind: 'unknown', actor: 'system', detail: {} } as const
      return { ...record, events: [...record.events, event], pages: record.pages.filter((page) => page !== id) }
    },
  },
  {
    name: 'another plan than the approved one is carried out',
    breaks: 'approved',
    plant: (record) => changedAction(record, { approvedHash: 'sha256:another' }),
  },
  {
    name: 'the approval is not on record',
    breaks: 'approved',
    plant: (record) => withoutEvents(record, 'approval'),
  },
  {
    name: 'too few servers are left for a moment',
    breaks: 'floor',
    plant: (record) => {
      const { wave } = victimOf(record)
      const low = { ...wave, serving: record.minimumServing - 1 }
      return { ...record, truth: record.truth.map((call) => (call === wave ? low : call)) }
    },
  },
  {
    name: 'the timer that puts it back is missing',
    breaks: 'leased',
    plant: (record) => {
      const { id } = victimOf(record).action
      return { ...record, leases: new Map([...record.leases].filter(([lease]) => lease !== id)) }
    },
  },
  {
    name: 'the timer comes after the change',
    breaks: 'leased',
    plant: (record) => {
      const { action, wave } = victimOf(record)
      return { ...record, leases: new Map([...record.leases, [action.id, wave.at + 1]]) }
    },
  },
  {
    name: 'a target is touched without a durable intent',
    breaks: 'events-in-order',
    plant: (record) => withoutEvents(record, 'intent'),
  },
]

/** How many of the planted mistakes `check` finds, each under its own name. */
export function caught(record: CampaignRecord, check: (of: CampaignRecord) => { invariant: Invariant }[]): Mutant[] {
  const already = new Set(check(record).map(({ invariant }) => invariant))
  return mutants.filter(
    (mutant) =>
      !already.has(mutant.breaks) && check(mutant.plant(record)).some(({ invariant }) => invariant === mutant.breaks),
  )
}
