/** Schedules on a real Temporal: it must fire when the product says that it will. */
import { randomUUID } from 'node:crypto'
import { nextFires, scheduleId, scheduleTrigger } from '@tenon/runbook'
import { afterAll, expect, test, vi } from 'vitest'
import { createTemporalEngine } from './engine.ts'

const address = process.env['TEST_TEMPORAL_ADDRESS'] ?? ''
// Nobody works on this queue: what is fired stays where it is.
const engine = createTemporalEngine({ address, namespace: 'default', taskQueue: `nobody-${randomUUID()}` })
const runbook = `sched-${randomUUID().slice(0, 8)}`
const name = (trigger: string) => ({ runbook, environment: 'production', trigger })

afterAll(async () => {
  for (const id of await engine.scheduleIds(runbook)) await engine.removeScheduleById(id)
  await engine.close()
})

test.each([
  ['cron', { cron: '*/10 * * * *' }],
  ['cron-zone', { cron: '30 9 * * mon-fri', timeZone: 'Asia/Shanghai' }],
  ['cron-both-days', { cron: '0 0 13 * fri' }],
  ['cron-sunday', { cron: '15 4 * * sun', timeZone: 'America/New_York' }],
  ['every', { every: '7m' }],
  ['calendar', { calendar: { at: ['09:05', '18:00'], days: ['mon', 'sun'] }, timeZone: 'Europe/Berlin' }],
  ['calendar-dates', { calendar: { at: ['00:00'], dates: [1, 15, 31] } }],
])('%s comes when it is said to', async (trigger, given) => {
  const schedule = scheduleTrigger.parse({ kind: 'schedule', ...given })
  await engine.putSchedule({ ...name(trigger), schedule, paused: false, note: '' })
  const status = await engine.scheduleStatus(name(trigger))
  const first = Date.parse(status?.next[0] ?? '')
  const said = nextFires(schedule, { after: first - 1, count: 5 }).map((at) => new Date(at).toISOString())
  expect(status).toMatchObject({ paused: false, missed: 0 })
  expect(status?.next.slice(0, 5)).toEqual(said)
})

test('changed, paused with its note, and removed; twice is once', async () => {
  const schedule = scheduleTrigger.parse({ kind: 'schedule', every: '1h' })
  const wanted = { ...name('changing'), schedule, paused: false, note: '' }
  await engine.putSchedule(wanted)
  await engine.putSchedule({ ...wanted, paused: true, note: 'Paused by ada: load test' })
  expect(await engine.scheduleStatus(name('changing'))).toMatchObject({ paused: true })
  await engine.putSchedule({ ...wanted, schedule: scheduleTrigger.parse({ kind: 'schedule', every: '2h' }) })
  const status = await engine.scheduleStatus(name('changing'))
  expect(status?.paused).toBe(false)
  expect(Date.parse(status?.next[1] ?? '') - Date.parse(status?.next[0] ?? '')).toBe(7_200_000)
  await engine.removeSchedule(name('changing'))
  await engine.removeSchedule(name('changing'))
  expect(await engine.scheduleStatus(name('changing'))).toBe(null)
})

test('a backfill fires for times that are past', async () => {
  const schedule = scheduleTrigger.parse({ kind: 'schedule', every: '1h' })
  await engine.putSchedule({ ...name('backfilled'), schedule, paused: true, note: '' })
  const to = Date.now() - 3_600_000
  expect(await engine.backfillSchedule(name('backfilled'), { from: to - 3 * 3_600_000, to })).toBe(true)
  await vi.waitFor(
    async () => expect((await engine.scheduleStatus(name('backfilled')))?.recent.length).toBeGreaterThan(0),
    { timeout: 10_000, interval: 100 },
  )
  expect(await engine.backfillSchedule(name('nothing'), { from: 0, to: 1 })).toBe(false)
})

test('those of a runbook are found by its name', async () => {
  await vi.waitFor(async () => expect(await engine.scheduleIds(runbook)).toContain(scheduleId(name('cron'))), {
    timeout: 10_000,
    interval: 100,
  })
  expect(await engine.scheduleIds(`${runbook}-other`)).toEqual([])
})
