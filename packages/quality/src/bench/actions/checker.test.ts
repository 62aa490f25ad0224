import { actionRequest, type ActionEventRecord, type LedgerAction } from '@tenon/actions'
import { expect, test } from 'vitest'
import { checkCampaign, type CampaignRecord } from './checker.ts'
import { caught, mutants } from './mutants.ts'

const target = 'edge/lane-0'
const intent = { kind: 'set-weights', target: 'lane-0', weights: { 'h-a-1': 0 } } as const
const revert = { ...intent, weights: { 'h-a-1': 100 } }
const before = { target: 'lane-0', version: 'v', instance: null, servers: [], values: {}, notes: {} }
const shown = {
  stepId: 's',
  title: 'Switch',
  target,
  hash: 'sha256:p',
  diff: [],
  facts: [],
  guards: [],
  leaseSeconds: 1,
}

function action(n: number, of: Partial<LedgerAction> = {}): LedgerAction {
  return {
    id: `id-${n}`,
    key: `campaign/${n}`,
    runId: null,
    stepId: null,
    runbook: null,
    target,
    driver: 'http-edge',
    title: 'Switch',
    kind: 'traffic-switch',
    planHash: 'sha256:p',
    approvedHash: 'sha256:p',
    approvedBy: 'user:ana',
    requestedBy: 'user:bob',
    fence: 3 * n + 3,
    request: actionRequest.parse({
      kind: 'traffic-switch',
      entity: 'lane-0',
      fromZone: 'A',
      toZone: 'B',
      leaseSeconds: 1,
    }),
    intent,
    revert,
    before,
    plan: { ...shown, intent, waves: [intent], revert, before, asOf: null },
    verification: null,
    status: 'expired',
    leaseUntil: 2000,
    createdAt: 1000,
    appliedAt: 1500,
    endedAt: 2500,
    ...of,
  }
}

const kinds = ['plan', 'approval', 'intent', 'apply', 'lease', 'verify', 'apply', 'revert'] as const
const eventsOf = (id: string): ActionEventRecord[] =>
  kinds.map((kind) => ({ actionId: id, at: 0, kind, actor: 'system', detail: {} }))

const parts = ['h-a-1', 'h-a-2']

function wentWell(): CampaignRecord {
  const actions = [action(0), action(1)]
  return {
    actions,
    events: actions.flatMap(({ id }) => eventsOf(id)),
    truth: actions.flatMap(({ id }, n) => [
      { target: 'lane-0', key: `${id}/wave-0`, fence: 3 * n + 2, at: 1500, changed: true, parts, serving: 3 },
      { target: 'lane-0', key: `${id}/revert`, fence: 3 * n + 3, at: 2500, changed: true, parts, serving: 6 },
    ]),
    triggers: actions.map(({ key }) => key),
    pages: [],
    leases: new Map(actions.map(({ id }) => [id, 1400])),
    needApproval: new Set(actions.map(({ key }) => key)),
    stuck: new Map(),
    minimumServing: 2,
  }
}

test('a campaign that kept its promises has no breach', () => {
  expect(checkCampaign(wentWell())).toEqual([])
})

test.each(mutants)('it is found when $name', (mutant) => {
  const breaches = checkCampaign(mutant.plant(wentWell()))
  expect(breaches.map(({ invariant }) => invariant)).toContain(mutant.breaks)
})

test('a checker that finds nothing catches no mutant', () => {
  expect(caught(wentWell(), checkCampaign)).toHaveLength(mutants.length)
  expect(caught(wentWell(), () => [])).toEqual([])
})

test('a second call with the same key that changed nothing is no second effect', () => {
  const record = wentWell()
  const [first] = record.truth
  if (!first) throw new Error('the record is empty')
  expect(checkCampaign({ ...record, truth: [...record.truth, { ...first, changed: false }] })).toEqual([])
})

test('the rest of a change that was half done is no second effect; a part that changed before is one', () => {
  const record = wentWell()
  const [first, ...others] = record.truth
  if (!first) throw new Error('the record is empty')
  const half = { ...first, fence: 1, parts: ['h-a-1'] }
  const rest = (some: string[]) => ({ ...record, truth: [half, { ...first, parts: some }, ...others] })
  expect(checkCampaign(rest(['h-a-2']))).toEqual([])
  expect(checkCampaign(rest(['h-a-1', 'h-a-2'])).map(({ invariant }) => invariant)).toEqual(['once'])
})
