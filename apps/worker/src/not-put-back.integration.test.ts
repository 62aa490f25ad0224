/** A target that is away when its lease ends: people are told, once, and the lease goes on trying. */
import { claimRules, defaultActionPolicy, revertAction, type ActionDeps } from '@tenon/actions'
import { newLimit } from '@tenon/actions/test-action'
import { modelFile } from '@tenon/data'
import { createSecretBox, openDatabase, type Database } from '@tenon/db'
import { migrate } from '@tenon/db/migrate'
import { createTestDatabase, type TestDatabase } from '@tenon/db/test-database'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createActionDeps } from './action-deps.ts'

let database: TestDatabase
let db: Database
let deps: ActionDeps

beforeAll(async () => {
  database = await createTestDatabase()
  await migrate(database.url)
  db = openDatabase(database.url, { secretBox: createSecretBox(Buffer.alloc(32, 7).toString('base64')) })
  // Nothing listens there.
  await db.connections.save({ name: 'edge', kind: 'http-edge', url: 'http://127.0.0.1:1' })
  const made = createActionDeps({
    db,
    model: async () => modelFile.parse({ tenonModel: 1 }),
    leases: { start: async () => undefined },
  })
  // What may still be under way is nothing here: no call gets through.
  deps = { ...made, clock: { ...made.clock, sleep: async () => undefined } }
})
afterAll(async () => {
  await db?.close()
  await database?.drop()
})

test('the third failed try posts one notice, and no later one another', async () => {
  const wanted = newLimit({ key: 'run-1/limit' })
  const event = (kind: 'plan' | 'intent' | 'apply') => ({ kind, actor: 'system', detail: {} })
  const { action } = await db.actions.claim(wanted, event('plan'), claimRules(wanted, defaultActionPolicy))
  await db.actions.advance(action.id, { from: ['planned'], to: 'intended', event: event('intent') })
  await db.actions.advance(action.id, { from: ['intended'], to: 'done', event: event('apply') })

  const counts: number[] = []
  for (let attempt = 1; attempt <= 5; attempt++) {
    const reverting = revertAction({ actionId: action.id, reason: 'lease', by: 'system' }, deps)
    await expect(reverting).rejects.toMatchObject({ code: 'target-unreachable' })
    counts.push((await db.inbox.list()).length)
  }
  expect(counts).toEqual([0, 0, 1, 1, 1])
  expect((await db.inbox.list())[0]).toMatchObject({
    title: 'Not put back: Limit payment',
    severity: 'critical',
    link: `/actions/${action.id}`,
  })
  expect((await db.actions.get(action.id))?.status).toBe('reverting')
})
