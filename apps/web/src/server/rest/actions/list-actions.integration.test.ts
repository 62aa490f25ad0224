import { claimRules, defaultActionPolicy, type NewLedgerAction } from '@tenon/actions'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startRestServer, type RestServer } from '../../test/rest-server.ts'
import { openServer, type ServerWorld } from '../../test/server-world.ts'

let world: ServerWorld
let server: RestServer
let token: string

beforeAll(async () => {
  world = await openServer()
  server = await startRestServer(world.services)
  const { id: userId } = await world.db.users.create({ name: 'Ada', email: 'ada@example.com', role: 'admin' })
  token = (await world.db.tokens.create({ name: 'ci', role: 'viewer', userId, expiresAt: null })).token
  for (const [n, target] of ['edge/a', 'edge/b', 'edge/a', 'other/a'].entries()) await plan(`Limit ${n}`, target)
})
afterAll(async () => {
  await server?.close()
  await world?.close()
})

async function plan(title: string, target: string): Promise<void> {
  const intent = { kind: 'set-values', target, values: { limit: 50 } } as const
  const before = { target, version: 'v1', instance: null, servers: [], values: {}, notes: {} }
  const shown = { stepId: 'limit', title, target, diff: [], facts: [], guards: [], leaseSeconds: 60 }
  const action: NewLedgerAction = {
    key: title,
    runId: null,
    stepId: null,
    runbook: null,
    target,
    driver: 'http-edge',
    title,
    kind: 'rate-limit',
    planHash: 'sha256:p',
    approvedHash: null,
    approvedBy: null,
    requestedBy: 'ana@example.com',
    request: { kind: 'rate-limit', entity: 'payment', requestsPerSecond: 50, leaseSeconds: 60 },
    intent,
    revert: intent,
    before,
    plan: { ...shown, hash: 'sha256:p', intent, waves: [intent], revert: intent, before, asOf: null },
  }
  const { actions } = world.db
  const event = { kind: 'plan', actor: 'ana@example.com', detail: {} } as const
  const { action: made } = await actions.claim(action, event, claimRules(action, defaultActionPolicy))
  // Over, so that the next one may have the target.
  const refused = { kind: 'refused', actor: 'system', detail: {} } as const
  await actions.advance(made.id, { from: ['planned'], to: 'refused', event: refused })
}

const list = async (query: string) => server.call('GET', `/api/v1/actions${query}`, { token })
const titles = (body: { items: { title: string }[] }): string[] => body.items.map(({ title }) => title)

test('pages go on where the one before ended, also when something new came', async () => {
  const { body: first } = await list('?limit=3&person=ana@example.com')
  expect(titles(first)).toEqual(['Limit 3', 'Limit 2', 'Limit 1'])
  await plan('Limit 4', 'edge/c')
  const { body: second } = await list(`?limit=3&person=ana@example.com&cursor=${first.next}`)
  expect(titles(second)).toEqual(['Limit 0'])
  expect(second.next).toBeNull()
})

test('filters narrow, and state goes with them', async () => {
  expect(titles((await list('?target=edge/a&status=refused')).body)).toEqual(['Limit 2', 'Limit 0'])
  expect(titles((await list('?target=other')).body)).toEqual(['Limit 3'])
  expect((await list('?state=in-effect&status=refused')).body.items).toEqual([])
  expect((await list('?kind=restart')).body.items).toEqual([])
})

test.each([
  ['?status=gone', 'bad-input'],
  ['?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z', 'bad-input'],
  ['?cursor=bm9uc2Vuc2U', 'bad-cursor'],
  ['?who=ana', 'bad-input'],
])('%s is %s', async (query, code) => {
  expect(await list(query)).toMatchObject({ status: 400, body: { code } })
})
