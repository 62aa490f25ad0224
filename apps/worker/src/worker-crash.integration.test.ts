/** `kill -9` of the worker in mid-run loses nothing and does nothing twice: real processes, real Temporal, PostgreSQL and edge. */
import { beforeAll, describe, expect, test } from 'vitest'
import { writeBundle } from './bundle.ts'
import { eventually } from '../test/engine.ts'
import type { Moment } from '../test/gated-edge.ts'
import { plan } from '../test/plans.ts'
import { openWorkerWorld } from '../test/worker-world.ts'

const address = process.env['TEST_TEMPORAL_ADDRESS'] ?? ''
const zoneA = ['pay-a-1', 'pay-a-2', 'pay-a-3']
const leaseSeconds = 60

beforeAll(writeBundle)

const switchAndTell = plan(
  [
    {
      id: 'switch',
      type: 'act.traffic-switch',
      effect: 'write',
      outcomes: ['done', 'refused', 'not-done', 'unknown'],
      timeoutSeconds: 60,
      input: { entity: 'payment', fromZone: 'A', toZone: 'B', lease: `${leaseSeconds}s` },
    },
    {
      id: 'tell',
      type: 'act.notify',
      effect: 'write',
      outcomes: ['sent'],
      input: { title: 'Switched', body: 'Payment traffic left zone A.', severity: 'info' },
    },
  ],
  ['switch -done-> tell'],
)

describe.concurrent('a worker that is killed', () => {
  test.each<{ moment: Moment; said: string }>([
    { moment: 'before', said: 'while its call is on the way to the edge' },
    { moment: 'after', said: 'after the edge changed and before it learns of it' },
  ])(
    '$said: the next worker finds out, and the switch is made once',
    async ({ moment }) => {
      const world = await openWorkerWorld(address)
      try {
        const first = await world.startWorker()
        const killed = Promise.withResolvers<void>()
        world.edge.atNextChange(moment, async () => {
          await first.kill()
          killed.resolve()
        })
        const { runId, result } = await world.startRun(switchAndTell)
        await killed.promise
        const [intended] = await world.db.actions.list({ state: 'open', runId })
        expect(intended?.status).toBe('intended')

        await world.startWorker()
        const state = await result()
        expect(state.status).toBe('succeeded')
        expect(state.steps['switch']).toMatchObject({ status: 'done', result: { outcome: 'done' } })
        expect(world.edge.changes).toHaveLength(1)
        expect(await world.edge.weights('payment')).toMatchObject(Object.fromEntries(zoneA.map((name) => [name, 0])))
        const actions = await world.db.actions.list({ state: 'all', runId })
        expect(actions.map(({ status }) => status)).toEqual(['done'])
        const notices = (await world.db.inbox.list()).filter(({ title }) => title === 'Switched')
        expect(notices).toHaveLength(1)
        const run = await eventually(async () => {
          const row = await world.db.runs.get(runId)
          return row?.status === 'running' ? null : row
        })
        expect(run.status).toBe('succeeded')

        // The lease began before the first worker died and puts the switch back by itself.
        await eventually(async () => (await world.db.actions.list({ state: 'all', runId }))[0]?.status === 'expired')
        expect(await world.edge.weights('payment')).toMatchObject(Object.fromEntries(zoneA.map((name) => [name, 100])))
        expect(world.edge.changes).toHaveLength(2)
      } finally {
        await world.close()
      }
    },
    180_000,
  )

  test('and whose run is gone before any worker is back: its lease still reverts', async () => {
    const world = await openWorkerWorld(address)
    try {
      const first = await world.startWorker()
      const { runId, result } = await world.startRun(switchAndTell)
      await result()
      await first.kill()
      expect(await world.edge.weights('payment')).toMatchObject({ 'pay-a-1': 0 })
      await world.startWorker()
      await eventually(async () => (await world.db.actions.list({ state: 'all', runId }))[0]?.status === 'expired')
      expect(await world.edge.weights('payment')).toMatchObject({ 'pay-a-1': 100, 'pay-b-1': 100 })
    } finally {
      await world.close()
    }
  }, 180_000)

  test('stops by itself within its grace when it is told to', async () => {
    const world = await openWorkerWorld(address)
    try {
      const worker = await world.startWorker()
      expect(await worker.stop(), worker.log()).toBe(0)
    } finally {
      await world.close()
    }
  }, 60_000)
})
