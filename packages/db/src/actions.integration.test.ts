import type { NewLedgerAction } from '@tenon/actions'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openWorld, type World } from '../test/world.ts'

const at = Date.UTC(2026, 0, 1)
const planned = { kind: 'plan', actor: 'user:ana', detail: {} } as const
let world: World

beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world?.close())

function wanted(key: string, target: string): NewLedgerAction {
  const intent = { kind: 'set-rate-limit', target, requestsPerSecond: 50 } as const
  const revert = { ...intent, requestsPerSecond: null }
  const before = { target, version: 'v1', servers: [], rateLimit: null }
  const shown = { title: 'Limit payment', target, diff: [], facts: [], guards: [], leaseSeconds: 60 }
  return {
    key,
    runId: null,
    stepId: null,
    target,
    driver: 'http-edge',
    title: shown.title,
    kind: 'rate-limit',
    planHash: 'sha256:p',
    approvedHash: null,
    approvedBy: null,
    requestedBy: 'ana@example.com',
    request: { kind: 'rate-limit', entity: 'payment', requestsPerSecond: 50, leaseSeconds: 60 },
    intent,
    revert,
    before,
    plan: { ...shown, stepId: 'limit', hash: 'sha256:p', intent, revert, before },
  }
}

const claim = (key: string, target: string) => world.db.actions.claim(wanted(key, target), planned, at)
const move = (id: string, from: 'planned' | 'intended', to: 'intended' | 'not-done') =>
  world.db.actions.advance(id, { from: [from], to, at, event: { kind: 'intent', actor: 'system', detail: {} } })

test('of many claims on one target at once one holds it; the others are on record as refused', async () => {
  const claims = await Promise.all(['a', 'b', 'c', 'd'].map((key) => claim(`race/${key}`, 'edge/payment')))
  const [held] = claims.filter(({ kind }) => kind === 'claimed')
  expect(claims.map(({ kind }) => kind).toSorted()).toEqual(['blocked', 'blocked', 'blocked', 'claimed'])
  expect(claims.filter((one) => one.kind === 'blocked').map(({ by }) => by.id)).toEqual(Array(3).fill(held?.action.id))
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
  expect(await claim('f-all', 'fence/*')).toMatchObject({ kind: 'blocked', by: { id: first.action.id } })
  expect(await claim('f-other', 'fence/y')).toMatchObject({ kind: 'claimed' })
  await move(first.action.id, 'intended', 'not-done')
  const second = await claim('f2', 'fence/x')
  expect(second).toMatchObject({ kind: 'claimed', action: { fence: first.action.fence + 1 } })
  expect(await world.db.actions.fence('fence/x')).toBe(second.action.fence)
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
