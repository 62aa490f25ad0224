import { freezeCalendar } from '@tenon/actions'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openWorld, type World } from '../test/world.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world?.close())

const named = (name: string) =>
  freezeCalendar.parse({
    name,
    reason: 'The autumn sale',
    timeZone: 'UTC',
    closed: [{ kind: 'weekly', days: [1, 2, 3, 4, 5, 6, 7], from: '00:00', to: '00:00' }],
  })

test('an exception lifts a closed calendar only after another person confirmed it', async () => {
  const { freezes } = world.db
  await freezes.save(named('sale'), 'ann@example.com')
  const of = async () => (await freezes.list()).find(({ name }) => name === 'sale')
  expect(await of()).toMatchObject({ closedNow: true, lifted: false })

  const ask = { calendar: 'sale', reason: 'Payment is down', minutes: 30, by: 'ann@example.com' }
  const id = await freezes.ask(ask)
  // Nor by means of a token of theirs, or of one of which nobody knows whose it is.
  for (const own of ['ann@example.com', 'token:ci of ann@example.com', 'token:ci'])
    await expect(freezes.confirm(id, own)).rejects.toMatchObject({ code: 'exception-refused' })
  expect(await of()).toMatchObject({ lifted: false })
  await freezes.confirm(id, 'bob@example.com')
  expect(await of()).toMatchObject({ closedNow: true, lifted: true })
  await expect(freezes.confirm(id, 'cy@example.com')).rejects.toMatchObject({ code: 'exception-refused' })
  expect((await freezes.inForce()).exceptions).toMatchObject([
    { askedBy: 'ann@example.com', confirmedBy: 'bob@example.com' },
  ])
})

test('nobody opens a closed calendar alone by changing or removing it', async () => {
  const { freezes } = world.db
  await freezes.save(named('night'), 'ann@example.com')
  const looser = { ...named('night'), appliesTo: { targets: ['elsewhere'], kinds: [], runbooks: [] } }
  await expect(freezes.save(looser, 'ann@example.com')).rejects.toMatchObject({ code: 'calendar-closed' })
  await expect(freezes.remove('night')).rejects.toMatchObject({ code: 'calendar-closed' })
})

test('what is over confirms nothing, and unknown calendars are named', async () => {
  const { freezes } = world.db
  await freezes.save(named('late'), 'ann@example.com')
  const id = await freezes.ask({ calendar: 'late', reason: 'Too late', minutes: 0, by: 'ann@example.com' })
  await expect(freezes.confirm(id, 'bob@example.com')).rejects.toMatchObject({ code: 'exception-refused' })
  await expect(freezes.remove('none')).rejects.toMatchObject({ code: 'unknown-calendar' })
})
