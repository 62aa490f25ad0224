import type { ClaimRules, NewLedgerAction } from '@tenon/actions'
import { claimRules, defaultActionPolicy } from '@tenon/actions'
import { newLimit } from '@tenon/actions/test-action'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openWorld, type World } from '../test/world.ts'

/** As the protocol's, with the one rule that these tests need: a target in one pair of hands. */
const rulesFor = (wanted: NewLedgerAction): ClaimRules => claimRules(wanted, defaultActionPolicy)
const planned = { kind: 'plan', actor: 'user:ana', detail: {} } as const
let world: World

beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world?.close())

const claim = (key: string, target: string) => {
  const action = newLimit({ key, target })
  return world.db.actions.claim(action, planned, rulesFor(action))
}
/** Each on a target of its own, and with no other rule. */
const claimFreely = (key: string) =>
  world.db.actions.claim(newLimit({ key, target: key }), planned, { recentSeconds: 0, refuse: () => null })
const move = (id: string, from: 'planned' | 'intended', to: 'intended' | 'not-done') =>
  world.db.actions.advance(id, { from: [from], to, event: { kind: 'intent', actor: 'system', detail: {} } })

test('of many claims on one target at once one holds it; the others are on record as refused', async () => {
  const claims = await Promise.all(['a', 'b', 'c', 'd'].map((key) => claim(`race/${key}`, 'edge/payment')))
  const [held] = claims.filter(({ kind }) => kind === 'claimed')
  expect(claims.map(({ kind }) => kind).toSorted()).toEqual(['claimed', 'refused', 'refused', 'refused'])
  expect(claims.flatMap((one) => (one.kind === 'refused' ? [one.refusal.code] : []))).toEqual(
    Array(3).fill('target-busy'),
  )
  const open = await world.db.actions.list({ state: 'open', target: 'edge/payment' })
  expect(open.map(({ id }) => id)).toEqual([held?.action.id])
  expect(new Set(claims.map(({ action }) => action.fence)).size).toBe(4)
})

test('one key is one action, also at the same time', async () => {
  const claims = await Promise.all([claim('same', 'same/x'), claim('same', 'same/x')])
  expect(claims.map(({ kind }) => kind).toSorted()).toEqual(['claimed', 'existing'])
  expect(claims[0]?.action.id).toBe(claims[1]?.action.id)
})

test('the fence of a target rises with each claim, and the whole connection blocks each of its backends', async () => {
  const first = await claim('f1', 'fence/x')
  await move(first.action.id, 'planned', 'intended')
  expect(await claim('f-all', 'fence/*')).toMatchObject({ kind: 'refused', refusal: { code: 'target-busy' } })
  expect(await claim('f-other', 'fence/y')).toMatchObject({ kind: 'claimed' })
  await move(first.action.id, 'intended', 'not-done')
  const second = await claim('f2', 'fence/x')
  expect(second.kind).toBe('claimed')
  expect(second.action.fence).toBeGreaterThan(first.action.fence)
})

test('of two who move one action on the second meets a conflict, and leaves no event', async () => {
  const { action } = await claim('move', 'move/x')
  const tries = await Promise.allSettled([
    move(action.id, 'planned', 'intended'),
    move(action.id, 'planned', 'intended'),
  ])
  expect(tries.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'ledger-conflict' } })
  expect((await world.db.actions.events(action.id)).map(({ kind }) => kind)).toEqual(['plan', 'intent'])
  expect(await world.db.actions.get(action.id)).toMatchObject({ status: 'intended', endedAt: null })
})

test('who took an action over writes it; who held it before meets a stale fence', async () => {
  const { action } = await claim('taken', 'taken/x')
  const [mine, other] = await Promise.allSettled([
    world.db.actions.nextFence(action.id, action.fence),
    world.db.actions.nextFence(action.id, action.fence),
  ])
  expect([mine?.status, other?.status].toSorted()).toEqual(['fulfilled', 'rejected'])
  const event = { kind: 'intent', actor: 'system', detail: {} } as const
  const late = world.db.actions.advance(action.id, { from: ['planned'], to: 'intended', fence: action.fence, event })
  await expect(late).rejects.toMatchObject({ code: 'stale' })
  const fence = (await world.db.actions.get(action.id))?.fence ?? 0
  expect(fence).toBeGreaterThan(action.fence)
  const now = await world.db.actions.now()
  const done = await world.db.actions.advance(action.id, {
    from: ['planned'],
    to: 'intended',
    fence,
    leaseSeconds: 60,
    event,
  })
  expect(done.leaseUntil).toBeGreaterThanOrEqual(now + 60_000)
})

test('rules see what began lately, without what was refused', async () => {
  await claim('lately', 'lately/x')
  await claim('lately-2', 'lately/x')
  const recent = (await world.db.actions.recent(60)).filter(({ target }) => target === 'lately/x')
  expect(recent.map(({ key }) => key)).toEqual(['lately'])
})

test('what a runbook excludes is kept with its action, and holds for both', async () => {
  const of = (runbook: string, target: string, excludes?: string[]): NewLedgerAction => {
    const action = newLimit({ key: `excludes/${runbook}`, target, runbook })
    return { ...action, plan: { ...action.plan, ...(excludes ? { excludes } : {}) } }
  }
  const claimed = async (action: NewLedgerAction) => {
    const claim = await world.db.actions.claim(action, planned, rulesFor(action))
    return claim.kind === 'refused' ? claim.refusal.code : claim.kind
  }
  expect(await claimed(of('drop', 'edge/x-1', ['drill']))).toBe('claimed')
  expect((await world.db.actions.find('excludes/drop'))?.plan.excludes).toEqual(['drill'])
  // The first says so of the second, and this one of the first.
  expect(await claimed(of('drill', 'edge/x-2'))).toBe('interlocked')
  expect(await claimed(of('load-test', 'edge/x-3', ['drop']))).toBe('interlocked')
  expect(await claimed(of('other', 'edge/x-4', ['drill']))).toBe('claimed')
})

test('all open actions are listed, however many: what is not seen is not put back', async () => {
  const keys = Array.from({ length: 205 }, (_, index) => `many/${index}`)
  for (const key of keys) expect(await claimFreely(key)).toMatchObject({ kind: 'claimed' })
  const listed = (await world.db.actions.list({ state: 'open' })).filter(({ key }) => key.startsWith('many/'))
  expect(listed).toHaveLength(keys.length)
  expect(await world.db.actions.list({ state: 'open', limit: 3 })).toHaveLength(3)
  expect((await world.db.actions.list({ state: 'all' })).length).toBeLessThanOrEqual(200)
})
