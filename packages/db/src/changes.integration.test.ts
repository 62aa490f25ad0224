import { afterAll, beforeAll, expect, test } from 'vitest'
import { openWorld, type World } from '../test/world.ts'

let world: World

beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world?.close())

test('a change that is sent again is the same change, with its end', async () => {
  const { changes } = world.db
  const deploy = {
    id: 'deploy-1',
    kind: 'deploy',
    title: 'payment 2.1',
    startedAt: 1_000_000,
    endedAt: null,
    scope: { entity: 'payment', hosts: ['pay-a-1'] },
    author: 'ci',
  }
  await changes.upsert(deploy)
  // Without an end it is an instant.
  expect(await changes.between(0, 2_000_000)).toEqual([deploy])
  expect(await changes.between(1_000_001, 2_000_000)).toEqual([])

  const ended = { ...deploy, endedAt: 1_500_000, title: 'payment 2.1 (done)' }
  await changes.upsert(ended)
  expect(await changes.between(1_400_000, 2_000_000)).toEqual([ended])
  expect(await changes.between(0, 999_999)).toEqual([])
  expect(await changes.between(1_500_001, 2_000_000)).toEqual([])
})
