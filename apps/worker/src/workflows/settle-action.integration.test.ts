/** A person settles an action of which its lease did not know what to do. */
import { leaseWorkflowId, settleWorkflowId, workflowNames, type SettleAction, type Workflows } from '@tenon/runbook'
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startEngine, type Engine } from '../../test/engine.ts'
import type { ActionReverts } from '../activities.ts'
import { createLeases, type Leases } from '../leases.ts'

/** Of the ledger, as far as a lease sees it. */
const statuses = new Map<string, 'unknown' | 'done' | 'expired'>()
const asked: SettleAction[] = []
const attempts: string[] = []
let engine: Engine
let leases: Leases

const reverts: ActionReverts = {
  revertRun: async () => [],
  recordRenewal: async () => undefined,
  async revertOne({ actionId }) {
    attempts.push(actionId)
    if (statuses.get(actionId) === 'unknown') return { next: 'person', status: 'unknown', detail: 'half changed' }
    statuses.set(actionId, 'expired')
    return { next: 'settled', status: 'expired', detail: '' }
  },
  async settleOne(call) {
    asked.push(call)
    if (statuses.get(call.actionId) !== 'unknown')
      return { kind: 'refused', code: 'ledger-conflict', message: 'It is known.', fix: 'Load the page again.' }
    statuses.set(call.actionId, 'done')
    await leases.actionSettled(call.actionId)
    return { kind: 'settled', status: 'done' }
  },
}

beforeAll(async () => {
  engine = await startEngine([], { reverts })
  leases = createLeases(engine.client, engine.taskQueue)
})
afterAll(() => engine?.stop())

const settle = (actionId: string, verdict: SettleAction['verdict'] = null) =>
  engine.client.workflow.execute<Workflows['settleAction']>(workflowNames.settleAction, {
    taskQueue: engine.taskQueue,
    workflowId: settleWorkflowId(actionId),
    args: [{ actionId, by: 'ana@example.com', verdict }],
  })

test('a lease that waits for a person goes on at once when they settled the action', async () => {
  const id = randomUUID()
  statuses.set(id, 'unknown')
  await leases.start(id, 0.1)
  await expect.poll(() => attempts.filter((attempt) => attempt === id).length, { timeout: 20_000 }).toBe(1)
  const verdict = { inEffect: true, reason: 'seen at the edge' }
  expect(await settle(id, verdict)).toEqual({ kind: 'settled', status: 'done' })
  expect(asked.at(-1)).toEqual({ actionId: id, by: 'ana@example.com', verdict })
  await engine.client.workflow.getHandle(leaseWorkflowId(id)).result()
  expect(statuses.get(id)).toBe('expired')
}, 60_000)

test('an action without a lease is settled, too, and why one is not is told', async () => {
  const id = randomUUID()
  statuses.set(id, 'unknown')
  expect(await settle(id)).toEqual({ kind: 'settled', status: 'done' })
  expect(await settle(id)).toMatchObject({ kind: 'refused', code: 'ledger-conflict' })
}, 60_000)
