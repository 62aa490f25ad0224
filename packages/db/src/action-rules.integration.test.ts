import { actionPolicy, defaultActionPolicy, type LedgerAction, type NewLedgerAction } from '@tenon/actions'
import { newLimit } from '@tenon/actions/test-action'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openWorld, type World } from '../test/world.ts'

let world: World

beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world?.close())

function wanted(key: string, runbook: string, approved: boolean): NewLedgerAction {
  const by = approved ? { approvedHash: 'sha256:p', approvedBy: 'user:ann' } : {}
  return newLimit({ key, runbook, target: `edge/${key}`, title: `Limit ${key}`, requestedBy: 'system', ...by })
}

/** An action that went through, or ended `unknown`. */
async function act(key: string, runbook: string, end: 'done' | 'unknown', approved = true): Promise<LedgerAction> {
  const { actions } = world.db
  const event = { kind: 'plan', actor: 'system', detail: {} } as const
  const { action } = await actions.claim(wanted(key, runbook, approved), event, {
    recentSeconds: 0,
    refuse: () => null,
  })
  await actions.advance(action.id, { from: ['planned'], to: 'intended', event: { ...event, kind: 'intent' } })
  return actions.advance(action.id, {
    from: ['intended'],
    to: end,
    verification: [{ label: 'limit', before: 'none', after: '50', pass: true }],
    event: { ...event, kind: end === 'done' ? 'lease' : 'unknown' },
  })
}

const grant = (runbook: string, level: 'observe' | 'suggest' | 'approve' | 'automatic') =>
  world.db.actionRules.grant({ runbook, kind: 'rate-limit', level, reason: 'It is time', by: 'ann' })
const levelOf = async (runbook: string) => (await world.db.actionRules.autonomyOf(runbook, 'rate-limit')).level

test('the policy is the usual one until somebody sets it; what cannot be read is no policy', async () => {
  expect(await world.db.actionRules.policy()).toEqual(defaultActionPolicy)
  const tight = actionPolicy.parse({ capacity: { minimumServers: 4 } })
  await world.db.actionRules.setPolicy(tight, 'ann')
  expect(await world.db.actionRules.policy()).toEqual(tight)
  await world.db.actionRules.setPolicy(defaultActionPolicy, 'ann')
  await expect(world.db.actionRules.setPolicy({ ...tight, evidenceSeconds: -1 }, 'ann')).rejects.toThrow('evidence')
  expect(await world.db.actionRules.policy()).toEqual(defaultActionPolicy)
})

test('a runbook needs approval until enough approved actions went well; then an admin may let it act alone', async () => {
  expect(await levelOf('limits')).toBe('approve')
  for (const n of [1, 2, 3, 4]) await act(`limits/${n}`, 'limits', 'done')
  await act('limits/alone', 'limits', 'done', false)
  expect(await grant('limits', 'automatic')).toMatchObject({ message: expect.stringContaining('4 approved') })
  await act('limits/5', 'limits', 'done')
  expect(await grant('limits', 'automatic')).toBeNull()
  expect(await levelOf('limits')).toBe('automatic')
  expect(await levelOf('another')).toBe('approve')
})

test('one unknown takes it away by itself, also after a person settled it, and what was before counts no more', async () => {
  const bad = await act('limits/bad', 'limits', 'unknown')
  await world.db.actions.advance(bad.id, {
    from: ['unknown'],
    to: 'done',
    event: { kind: 'keep', actor: 'user:ann', detail: {} },
  })
  const now = await world.db.actionRules.autonomyOf('limits', 'rate-limit')
  expect(now).toMatchObject({ level: 'approve', demotedBy: { actionId: bad.id, status: 'unknown' } })
  expect(await grant('limits', 'automatic')).toMatchObject({ message: expect.stringContaining('0 approved') })
  for (const n of [6, 7, 8, 9, 10]) await act(`limits/${n}`, 'limits', 'done')
  expect(await levelOf('limits')).toBe('approve')
  expect(await grant('limits', 'automatic')).toBeNull()
  expect(await levelOf('limits')).toBe('automatic')
})

test('a verification that failed counts as trouble', async () => {
  const action = await act('limits/11', 'limits', 'done')
  await world.db.actions.record(
    action.id,
    { kind: 'verify', actor: 'system', detail: {} },
    { verification: [{ label: 'limit', before: 'none', after: 'none', pass: false }] },
  )
  expect(await world.db.actionRules.autonomyOf('limits', 'rate-limit')).toMatchObject({
    level: 'approve',
    demotedBy: { status: 'unverified' },
  })
})

test('levels are given one at a time and taken at once; the list tells all that acted or were granted one', async () => {
  expect(await grant('fresh', 'observe')).toBeNull()
  expect(await grant('fresh', 'approve')).toMatchObject({ fix: 'Grant suggest first.' })
  expect(await grant('fresh', 'suggest')).toBeNull()
  expect(await world.db.actionRules.autonomies()).toMatchObject([
    { runbook: 'fresh', kind: 'rate-limit', level: 'suggest', reason: 'It is time', supervisedSuccesses: 0 },
    { runbook: 'limits', kind: 'rate-limit', level: 'approve', granted: { level: 'automatic', by: 'ann' } },
  ])
})
