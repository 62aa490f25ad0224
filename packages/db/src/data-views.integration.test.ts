import { afterAll, beforeAll, expect, test } from 'vitest'
import { openWorld, type World } from '../test/world.ts'

let world: World

beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world?.close())

const soon = () => Date.now() + 60_000
const view = {
  title: 'Payment, 3 March',
  series: [{ measure: 'payment.succeeded', points: [[1, null]] }],
  from: 1_700_000_000_000,
  to: 1_700_000_060_000,
  stepSeconds: 60,
  by: 'ada@example.com',
}

test('a view is as it was written until its time is over', async () => {
  const { views } = world.db
  const id = await views.create({ ...view, expiresAt: soon() })
  const over = await views.create({ ...view, title: 'Over', expiresAt: Date.now() - 1 })
  expect(await views.get(id)).toMatchObject({
    title: view.title,
    series: view.series,
    from: '2023-11-14T22:13:20.000Z',
    stepSeconds: 60,
    createdBy: view.by,
  })
  expect(await views.get(over)).toBeNull()
  expect(await views.list()).toMatchObject([{ id }])
  expect((await views.list())[0]).not.toHaveProperty('series')
  expect(await views.forgetExpired()).toBe(1)
  expect(await views.forgetExpired()).toBe(0)
  await views.delete(id)
  await expect(views.delete(id)).rejects.toMatchObject({ code: 'unknown-view' })
})

test('a kept result too, whatever text is in it', async () => {
  const { keptResults } = world.db
  const ask = { measure: 'gateway.requests' }
  const id = await keptResults.keep({ ask, result: { rows: [['a\0\uD800', 1]] }, expiresAt: soon(), by: view.by })
  const over = await keptResults.keep({ ask, result: {}, expiresAt: Date.now() - 1, by: view.by })
  expect(await keptResults.get(id)).toMatchObject({ ask, result: { rows: [['a\uFFFD\uFFFD', 1]] }, keptBy: view.by })
  expect(await keptResults.get(over)).toBeNull()
  expect(await keptResults.forgetExpired()).toBe(1)
  expect(await keptResults.get(id)).not.toBeNull()
})
