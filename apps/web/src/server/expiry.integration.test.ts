import { afterAll, beforeAll, expect, test } from 'vitest'
import { startExpiry } from './expiry.ts'
import { openServer, type ServerWorld } from './test/server-world.ts'

let world: ServerWorld
beforeAll(async () => {
  world = await openServer()
})
afterAll(() => world?.close())

test('what has expired is dropped, once; what has not stays', async () => {
  const { db } = world
  const now = Date.now()
  const view = { title: 'x', series: [], from: 0, to: 1, stepSeconds: 60, by: 'ada@example.com' }
  const kept = { ask: {}, result: {}, by: 'ada@example.com' }
  for (const expiresAt of [now - 1, now + 60_000]) {
    await db.views.create({ ...view, expiresAt })
    await db.keptResults.keep({ ...kept, expiresAt })
    await db.reportLinks.create({ runId: 'r', title: 'x', content: {}, expiresAt, by: 'ada@example.com' })
  }
  await db.analysis.record([
    {
      measure: 'abnormal',
      labels: {},
      points: [
        [now - 61 * 86_400_000, 1],
        [now, 0],
      ],
    },
  ])
  const expiry = startExpiry({ db })
  expect(await expiry.sweep(now)).toEqual({ views: 1, results: 1, reports: 1, points: 1, alerts: 0 })
  expect(await expiry.sweep(now)).toEqual({ views: 0, results: 0, reports: 0, points: 0, alerts: 0 })
  expect(await db.views.list()).toHaveLength(1)
  expiry.stop()
})
