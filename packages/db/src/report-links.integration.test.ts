import { afterAll, beforeAll, expect, test } from 'vitest'
import { openWorld, type World } from '../test/world.ts'

let world: World

beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world?.close())

test('a frozen report is as it was written until its time is over, without its run', async () => {
  const { reportLinks } = world.db
  const link = { runId: 'gone', title: 'Payments fell', content: { form: 1, text: 'a\0\uD800' }, by: 'ada@example.com' }
  const id = await reportLinks.create({ ...link, expiresAt: Date.now() + 60_000 })
  const over = await reportLinks.create({ ...link, expiresAt: Date.now() - 1 })
  expect(await reportLinks.get(id)).toMatchObject({
    runId: 'gone',
    title: link.title,
    content: { form: 1, text: 'a\uFFFD\uFFFD' },
    createdBy: link.by,
  })
  expect(await reportLinks.get(over)).toBeNull()
  expect(await reportLinks.ofRun('gone')).toMatchObject([{ id }])
  expect((await reportLinks.ofRun('gone'))[0]).not.toHaveProperty('content')
  expect(await reportLinks.forgetExpired()).toBe(1)
  await reportLinks.delete(id)
  await expect(reportLinks.delete(id)).rejects.toMatchObject({ code: 'unknown-report' })
})
