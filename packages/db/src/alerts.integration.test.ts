import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { openWorld, type World } from '../test/world.ts'
import type { AlertDecision, ReceivedAlert } from './index.ts'

let world: World
const minute = 60_000
const began = Date.UTC(2026, 10, 30, 1)

beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world?.close())
beforeEach(async () => {
  await world.sql('DELETE FROM "alert"')
  await world.sql('DELETE FROM "alert_group"')
})

const told = (fingerprint: string, more: Partial<ReceivedAlert> = {}): ReceivedAlert => ({
  fingerprint,
  name: 'ErrorsHigh',
  severity: 'warning',
  labels: { alertname: 'ErrorsHigh', service: 'payment' },
  annotations: {},
  startsAt: began,
  endsAt: null,
  generatorUrl: '',
  entity: 'payment',
  measure: null,
  ...more,
})
const idOf = async (fingerprint: string): Promise<string> =>
  (await world.db.alerts.current(0)).find((alert) => alert.fingerprint === fingerprint)!.id
const decision = (id: string, more: Partial<AlertDecision> = {}): AlertDecision => ({
  id,
  action: 'page',
  verdict: 'real',
  reason: 'It lasts.',
  evidence: [],
  group: id,
  ...more,
})
const groupOf = (key: string, verdict: AlertDecision['verdict'] = 'real') => ({
  key,
  title: 'Payment fails',
  entity: 'payment',
  verdict,
  reason: 'It lasts.',
})

test('a firing is one, whoever tells of it and however often, and what ended stays ended', async () => {
  const { alerts } = world.db
  const all = await Promise.all([1, 2, 3].map(() => alerts.receive('hook/alerts', [told('a1'), told('a2')])))
  expect(all.every(({ fresh }) => fresh === 2 || fresh === 0)).toBe(true)
  await alerts.receive('am', [told('a1')])
  expect(await alerts.current(0)).toHaveLength(2)
  await alerts.receive('hook/alerts', [told('a1', { endsAt: began + 5 * minute })])
  await alerts.receive('hook/alerts', [told('a1')])
  const [one, other] = await alerts.current(0)
  expect([one, other]).toMatchObject([{ fingerprint: 'a1', endsAt: '2026-11-30T01:05:00.000Z' }, { endsAt: null }])
  // The same alert that fires again is another firing.
  await alerts.receive('hook/alerts', [told('a1', { startsAt: began + 9 * minute })])
  expect(await alerts.current(0)).toHaveLength(3)
  expect(await alerts.counts()).toEqual({ open: 2, closed: 1, verdicts: { waiting: 2 } })
})

test('what an Alertmanager told before and does not tell now has ended there; what others told goes on', async () => {
  const { alerts } = world.db
  await alerts.receive('am', [told('a1'), told('a2')], { pulled: true })
  await alerts.receive('hook/alerts', [told('b1')])
  await alerts.receive('am', [told('a2')], { pulled: true })
  const open = (await alerts.current(0)).filter(({ endsAt }) => endsAt === null)
  expect(open.map(({ fingerprint }) => fingerprint).toSorted()).toEqual(['a2', 'b1'])
  await alerts.receive('am', [], { pulled: true })
  expect((await alerts.list({ state: 'open' })).groups.map(({ title }) => title)).toEqual(['ErrorsHigh on payment'])
})

test('a judge puts alerts of one cause together, again and again with the same end', async () => {
  const { alerts } = world.db
  await alerts.receive('hook/alerts', [told('a1'), told('a2', { severity: 'critical', startsAt: began + minute })])
  const [a1, a2] = [await idOf('a1'), await idOf('a2')]
  const said = [decision(a1), decision(a2, { action: 'merge', verdict: 'echo', group: a1 })]
  const by = { runId: 'run-1', at: began + 2 * minute, groups: [groupOf(a1)] }
  await alerts.decide(said, by)
  await alerts.decide(said, by)
  const { groups } = await alerts.list()
  expect(groups).toHaveLength(1)
  expect(groups[0]).toMatchObject({
    key: a1,
    title: 'Payment fails',
    severity: 'critical',
    count: 2,
    verdict: 'real',
    runId: 'run-1',
    firstSeen: '2026-11-30T01:00:00.000Z',
    open: true,
  })
  expect(groups[0]!.alerts.map(({ verdict }) => verdict)).toEqual(['echo', 'real'])
  expect(groups[0]!.notifiedAt).toBe('2026-11-30T01:02:00.000Z')
  // Of alerts that are gone nothing is written.
  await alerts.decide([decision('nobody-0')], { ...by, groups: [groupOf('nobody-0')] })
  expect((await alerts.list()).groups).toHaveLength(1)
})

test('what people say of a group holds for its alerts', async () => {
  const { alerts } = world.db
  await alerts.receive('hook/alerts', [told('a1'), told('a2', { startsAt: began + minute })])
  const [a1, a2] = [await idOf('a1'), await idOf('a2')]
  expect(await alerts.label(a2, 'noise', 'ana@example.com')).toMatchObject({
    label: 'noise',
    labelledBy: 'ana@example.com',
  })
  await alerts.decide([decision(a1), decision(a2, { action: 'merge', group: a1 })], {
    runId: null,
    at: began,
    groups: [groupOf(a1)],
  })
  expect((await alerts.list()).groups.map(({ key }) => key).toSorted()).toEqual([a1, a2].toSorted())
  expect(await alerts.label(a2, null, 'ana@example.com')).toMatchObject({ label: null, labelledBy: null })
  await expect(alerts.label('none', 'real', 'ana')).rejects.toMatchObject({ code: 'unknown-alert-group' })
})

test('precision is of what people said, and of the verdicts only until they said something', async () => {
  const { alerts } = world.db
  expect(await alerts.precision(began)).toMatchObject({ before: null, after: null, reduction: null, labelled: 0 })
  await alerts.receive(
    'hook/alerts',
    ['a1', 'a2', 'a3', 'a4'].map((name) => told(name)),
  )
  const ids = await Promise.all(['a1', 'a2', 'a3', 'a4'].map(idOf))
  const [a1, a2, a3, a4] = ids as [string, string, string, string]
  await alerts.decide(
    [
      decision(a1),
      decision(a2, { action: 'merge', group: a1 }),
      decision(a3, { verdict: 'undetermined' }),
      decision(a4, { action: 'suppress', verdict: 'normal-loss' }),
    ],
    { runId: null, at: began, groups: [groupOf(a1), groupOf(a3, 'undetermined'), groupOf(a4, 'normal-loss')] },
  )
  const byVerdict = { basis: 'verdicts', before: 0.5, after: 0.5, reduction: 0.5, alerts: 4, pages: 2, labelled: 0 }
  expect(await alerts.precision(began + minute)).toMatchObject(byVerdict)
  await alerts.label(a1, 'real', 'ana')
  await alerts.label(a4, 'noise', 'ana')
  const byLabel = { basis: 'labels', before: 2 / 3, after: 1, labelled: 2, reduction: 0.5 }
  expect(await alerts.precision(began + minute)).toMatchObject(byLabel)
})

test('lists are filtered, and read on from where they ended', async () => {
  const { alerts } = world.db
  const names = ['p1', 'p2', 'p3']
  await alerts.receive(
    'hook/alerts',
    names.map((name, index) => told(name, { startsAt: began + index * minute, name })),
  )
  const first = await alerts.list({ limit: 2 })
  expect(first.groups.map(({ title }) => title)).toEqual(['p3 on payment', 'p2 on payment'])
  const rest = await alerts.list({ limit: 2, cursor: first.cursor! })
  expect([rest.groups.map(({ title }) => title), rest.cursor]).toEqual([['p1 on payment'], null])
  expect((await alerts.list({ text: 'P2 ON' })).groups).toHaveLength(1)
  expect((await alerts.list({ verdict: 'real' })).groups).toEqual([])
  expect((await alerts.list({ state: 'closed' })).groups).toEqual([])
})

test('what nobody repeats for a day has ended; what ended long ago is forgotten with its group', async () => {
  const { alerts } = world.db
  await alerts.receive('hook/alerts', [told('a1'), told('old', { endsAt: began })])
  expect(await alerts.forgetOld(Date.now() + 2 * 24 * 60 * minute)).toBe(0)
  expect((await alerts.current(0)).every(({ endsAt }) => endsAt !== null)).toBe(true)
  expect(await alerts.forgetOld(Date.now() + 200 * 24 * 60 * minute)).toBe(2)
  expect((await alerts.list()).groups).toEqual([])
})

test('a source says since when it does not answer, and forgets it when it does', async () => {
  const { alertSources } = world.db
  await alertSources.failed('am', 'It does not answer.')
  const [down] = await alertSources.list()
  await alertSources.failed('am', 'It does not answer.')
  expect(await alertSources.list()).toEqual([down])
  expect(down).toMatchObject({
    name: 'am',
    kind: 'pull',
    okAt: null,
    problem: 'It does not answer.',
    since: expect.any(String),
  })
  await alertSources.answered('am', { firing: 3 })
  await alertSources.answered('drop/alerts', { firing: null })
  await alertSources.keepPulled(['am'])
  expect(await alertSources.list()).toMatchObject([
    { name: 'am', firing: 3, problem: null, since: null, okAt: expect.any(String) },
    { name: 'drop/alerts', kind: 'webhook', firing: null },
  ])
  await alertSources.keepPulled([])
  expect((await alertSources.list()).map(({ name }) => name)).toEqual(['drop/alerts'])
})

test('nothing is silenced until somebody switches it on', async () => {
  const { settings } = world.db
  expect(await settings.alertSuppression()).toEqual({ on: false, by: null, at: null })
  await settings.setAlertSuppression(true, 'ana@example.com')
  expect(await settings.alertSuppression()).toMatchObject({ on: true, by: 'ana@example.com' })
})
