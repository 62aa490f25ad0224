import { claimRules, defaultActionPolicy, type NewLedgerAction } from '@tenon/actions'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openWorld, type World } from '../test/world.ts'
import type { LedgerCursor, LedgerEntry, LedgerFilter } from './index.ts'

const rows = 12_000
const began = Date.UTC(2026, 4, 1)
let world: World

/** Rows as many months leave them: seven of them each second, so that many share a millisecond. */
beforeAll(async () => {
  world = await openWorld()
  const intent = { kind: 'set-values', target: 'payment', values: { limit: 50 } }
  const before = { target: 'payment', version: 'v1', servers: [] }
  const request = { kind: 'rate-limit', entity: 'payment', requestsPerSecond: 50, leaseSeconds: 60 }
  const shown = { stepId: 'limit', hash: 'sha256:p', title: 'Limit', target: 'x', diff: [], facts: [], guards: [] }
  const plan = { ...shown, leaseSeconds: 60, intent, waves: [intent], revert: intent, before, asOf: null }
  await world.sql(
    `INSERT INTO "action" ("id", "key", "runbook", "target", "driver", "title", "kind", "planHash", "approvedBy", "requestedBy", "fence",
       "request", "intent", "revert", "before", "plan", "verification", "status", "createdAt", "runId")
     SELECT gen_random_uuid()::text, 'k' || n, 'book-' || n % 5, (ARRAY['edge/payment', 'edge/cart', 'edge-2/payment'])[1 + n % 3], 'http-edge',
       'Limit ' || n, (ARRAY['rate-limit', 'traffic-switch', 'restart'])[1 + n % 3], 'sha256:p',
       CASE WHEN n % 10 = 0 THEN 'ana@example.com, bo@example.com' WHEN n % 10 = 1 THEN 'cy@example.com' END,
       CASE WHEN n % 2 = 0 THEN 'token:ci of cy@example.com' ELSE 'dan@example.com' END, n, $1, $2, NULL, $3, $4,
       CASE WHEN n % 4 = 0 THEN '[{"label":"limit","before":"none","after":"50","pass":true}]'::jsonb END,
       (ARRAY['reverted', 'done', 'refused', 'unknown'])[1 + n % 4], to_timestamp($5::double precision / 1000 + n / 7) AT TIME ZONE 'UTC', 'run-' || n % 100
     FROM generate_series(1, ${rows}) AS n`,
    [...[request, intent, before, plan].map((value) => JSON.stringify(value)), began],
  )
  await world.sql(
    `INSERT INTO "action_event" ("actionId", "kind", "actor", "detail")
     SELECT "id", 'revert', 'eve@example.com', '{"readBack":"as found"}'::jsonb FROM "action" WHERE "key" IN ('k4', 'k8')
     UNION ALL SELECT "id", 'plan', 'system', '{}'::jsonb FROM "action"`,
  )
  await world.sql('ANALYZE')
}, 60_000)
afterAll(() => world?.close())

async function all(filter: LedgerFilter, limit = 500): Promise<LedgerEntry[]> {
  const found: LedgerEntry[] = []
  let after: LedgerCursor | undefined
  for (;;) {
    const page = await world.db.actionLedger.page(filter, { ...(after ? { after } : {}), limit })
    found.push(...page)
    after = page.at(-1)
    if (page.length < limit) return found
  }
}
const numberOf = ({ title }: { title: string }): number => Number(title.slice('Limit '.length))
const numbers = (wanted: (n: number) => boolean): number[] =>
  Array.from({ length: rows }, (_, index) => index + 1).filter(wanted)
const sorted = (found: LedgerEntry[]): number[] => found.map(numberOf).toSorted((a, b) => a - b)

test('pages show every entry once, newest first, however many share a moment', async () => {
  const found = await all({}, 199)
  expect(sorted(found)).toEqual(numbers(() => true))
  const order = found.map(({ createdAt, id }) => `${createdAt}/${id}`)
  expect(order).toEqual(order.toSorted().toReversed())
})

test.each<[string, LedgerFilter, (n: number) => boolean]>([
  ['state', { statuses: ['unknown'] }, (n) => n % 4 === 3],
  ['one of some states', { statuses: ['unknown', 'done'] }, (n) => n % 2 === 1],
  ['none of the states', { statuses: [] }, () => false],
  ['kind', { kind: 'restart' }, (n) => n % 3 === 2],
  ['target', { target: 'edge/cart' }, (n) => n % 3 === 1],
  ['all targets of a connection, and of no other whose name begins so', { target: 'edge' }, (n) => n % 3 !== 2],
  ['runbook', { runbook: 'book-3' }, (n) => n % 5 === 3],
  ['run', { runId: 'run-7' }, (n) => n % 100 === 7],
  ['who asked', { person: 'dan@example.com' }, (n) => n % 2 === 1],
  ['one of two who approved', { person: 'bo@example.com' }, (n) => n % 10 === 0],
  ['who approved, or asked by a token', { person: 'cy@example.com' }, (n) => n % 10 === 1 || n % 2 === 0],
  ['a token alone', { person: 'token:ci of cy@example.com' }, (n) => n % 2 === 0],
  ['who reverted', { person: 'eve@example.com' }, (n) => n === 4 || n === 8],
  ['nobody', { person: "'; DROP TABLE action; --" }, () => false],
  [
    'time, from the first moment to right before the last',
    { from: began + 10_000, to: began + 20_000 },
    (n) => Math.floor(n / 7) >= 10 && Math.floor(n / 7) < 20,
  ],
  ['all at once', { statuses: ['reverted'], kind: 'rate-limit', runbook: 'book-0' }, (n) => n % 60 === 0],
])('by %s', async (_, filter, wanted) => {
  const expected = numbers(wanted)
  expect(sorted(await all(filter))).toEqual(expected)
  expect(await world.db.actionLedger.count(filter, rows + 1)).toBe(expected.length)
})

test('a count ends at what it is asked for', async () => {
  expect(await world.db.actionLedger.count({}, 100)).toBe(100)
})

test('entries say whether they were verified and can be put back', async () => {
  const [entry] = await world.db.actionLedger.page({ statuses: ['reverted'] }, { limit: 1 })
  expect(entry).toMatchObject({ title: 'Limit 12000', verified: true, revertible: false })
  const [open] = await world.db.actionLedger.page({ statuses: ['done'] }, { limit: 1 })
  expect(open?.verified).toBeNull()
})

test('whole entries have their plan and their events, in the same order', async () => {
  const filter = { person: 'eve@example.com' }
  const [page, whole] = await Promise.all([
    world.db.actionLedger.page(filter, { limit: 10 }),
    world.db.actionLedger.whole(filter, { limit: 10 }),
  ])
  expect(whole.map(({ action }) => action.id)).toEqual(page.map(({ id }) => id))
  expect(whole[0]).toMatchObject({
    action: { plan: { hash: 'sha256:p' } },
    events: [{ kind: 'revert', actor: 'eve@example.com' }, { kind: 'plan' }],
  })
})

test('people are named once, without those who approved together', async () => {
  expect(await world.db.actionLedger.people()).toEqual([
    'cy@example.com',
    'dan@example.com',
    'eve@example.com',
    'token:ci of cy@example.com',
  ])
})

test('what the ledger itself writes is found', async () => {
  const of = { target: 'new/x', runbook: 'fresh', title: 'Limit 0' }
  const intent = { kind: 'set-values', target: 'x', values: { limit: 1 } } as const
  const before = { target: 'x', version: 'v1', instance: null, servers: [], values: {}, notes: {} }
  const shown = { stepId: 's', title: of.title, target: of.target, diff: [], facts: [], guards: [], leaseSeconds: 60 }
  const action: NewLedgerAction = {
    ...of,
    key: 'fresh',
    runId: null,
    stepId: null,
    driver: 'http-edge',
    kind: 'rate-limit',
    planHash: 'sha256:n',
    approvedHash: null,
    approvedBy: null,
    requestedBy: 'ana@example.com',
    request: { kind: 'rate-limit', entity: 'x', requestsPerSecond: 1, leaseSeconds: 60 },
    intent,
    revert: intent,
    before,
    plan: { ...shown, hash: 'sha256:n', intent, waves: [intent], revert: intent, before, asOf: null },
  }
  const event = { kind: 'plan', actor: 'ana@example.com', detail: {} } as const
  const { action: made } = await world.db.actions.claim(action, event, claimRules(action, defaultActionPolicy))
  const now = made.createdAt
  for (const filter of [{ runbook: 'fresh' }, { from: now, to: now + 1 }, { target: 'new' }])
    expect(await world.db.actionLedger.page(filter, { limit: 2 })).toMatchObject([{ id: made.id, revertible: true }])
  expect(await world.db.actionLedger.page({ from: now + 1 }, { limit: 2 })).toEqual([])
})
