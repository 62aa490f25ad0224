import { trigger } from '@tenon/runbook'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDatabase } from './index.ts'
import { openWorld, planOf, type World } from '../test/world.ts'

const by = 'ana@example.com'
let world: World

beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world?.close())

const create = (name: string) => world.db.runbooks.create({ name, title: name, source: 'one', by })
const publication = (name: string, revision: number, source: string) => ({
  name,
  revision,
  title: name,
  source,
  plan: planOf(name, `sha256:${source}`),
  triggers: {},
  by,
})

test('a name is taken once', async () => {
  await create('taken')
  await expect(create('taken')).rejects.toMatchObject({ code: 'name-taken' })
  await expect(world.db.runbooks.draft('nobody')).rejects.toMatchObject({ code: 'unknown-runbook' })
})

test('of two drafts from one revision the second is refused with the first in hand', async () => {
  const { runbooks } = world.db
  await create('edited')
  const save = (source: string) => runbooks.saveDraft({ name: 'edited', baseRevision: 1, source, by })
  const tries = await Promise.allSettled([save('hers'), save('his')])
  const saved = tries.find((one) => one.status === 'fulfilled')?.value
  expect(tries.find(({ status }) => status === 'rejected')).toMatchObject({
    reason: { code: 'draft-conflict', detail: { revision: 2, source: saved?.source } },
  })
  expect(await runbooks.draft('edited')).toMatchObject({ revision: 2, source: saved?.source })
})

const text = (title: string) => `tenon: 1\nname: shipped\ntitle: ${title}\nnodes: {}\n`

test('publishing makes versions that later work does not change, and rollback only points', async () => {
  const { runbooks } = world.db
  const [one, two] = [text('One'), text('Two')]
  await runbooks.create({ name: 'shipped', title: 'shipped', source: one, by })
  expect(await runbooks.publish(publication('shipped', 1, one))).toMatchObject({ version: 1 })
  // The same again is no new version.
  expect(await runbooks.publish(publication('shipped', 1, one))).toMatchObject({ version: 1 })
  const first = await runbooks.version('shipped', 1)

  await runbooks.saveDraft({ name: 'shipped', baseRevision: 1, source: two, by })
  await expect(runbooks.publish(publication('shipped', 1, one))).rejects.toMatchObject({ code: 'draft-conflict' })
  expect(await runbooks.publish(publication('shipped', 2, two))).toMatchObject({ version: 2 })
  expect(await runbooks.version('shipped', 1)).toEqual(first)

  await runbooks.rollback('shipped', 1, { by })
  expect(await runbooks.get('shipped')).toMatchObject({ publishedVersion: 1, draftRevision: 2 })
  expect((await runbooks.versions('shipped')).map(({ number }) => number)).toEqual([2, 1])
  await expect(runbooks.rollback('shipped', 9, { by })).rejects.toMatchObject({ code: 'unknown-version' })
  expect(await runbooks.get('shipped')).toMatchObject({ publishedVersion: 1 })
})

const nightly = (cron: string) => trigger.parse({ kind: 'schedule', cron })
const alerts = trigger.parse({ kind: 'webhook', format: 'alertmanager', secret: 'pager' })

test('triggers are those of the live version, and one that people paused stays paused through a publish', async () => {
  const { runbooks } = world.db
  await create('nightly')
  const where = { name: 'nightly', environment: 'production', trigger: 'night' }
  const published = publication('nightly', 1, 'one')
  await runbooks.publish({ ...published, triggers: { night: nightly('0 3 * * *'), alerts } })
  expect(await runbooks.setTriggerPaused({ ...where, paused: true, by, reason: 'holidays' })).toMatchObject({
    paused: true,
    pausedBy: by,
    pausedReason: 'holidays',
    pausedAt: expect.any(String) as string,
  })

  await runbooks.publish({ ...published, triggers: { night: nightly('0 4 * * *') } })
  expect(await runbooks.triggersOf('nightly')).toMatchObject([
    { runbook: 'nightly', environment: 'production', name: 'night', content: { cron: '0 4 * * *' }, paused: true },
  ])
  expect(await runbooks.triggersOfKind('webhook')).toEqual([])

  expect(await runbooks.setTriggerPaused({ ...where, paused: false, by, reason: '' })).toMatchObject({
    paused: false,
    pausedBy: null,
    pausedReason: null,
  })
  const gone = runbooks.setTriggerPaused({ ...where, trigger: 'alerts', paused: true, by, reason: '' })
  await expect(gone).rejects.toMatchObject({ code: 'unknown-trigger' })
})

test('environments have pointers and triggers of their own', async () => {
  const { runbooks } = world.db
  await create('apart')
  expect(await runbooks.published('apart')).toBeNull()
  await runbooks.publish({ ...publication('apart', 1, 'one'), environment: 'staging', triggers: { alerts } })
  expect(await runbooks.published('apart')).toBeNull()
  expect(await runbooks.published('apart', 'staging')).toMatchObject({ number: 1, plan: { hash: 'sha256:one' } })
  expect(await runbooks.triggersOf('apart', 'production')).toEqual([])
  expect(await runbooks.triggersOf('apart', 'staging')).toHaveLength(1)
  expect(await runbooks.pointers('apart')).toMatchObject([{ environment: 'staging', version: 1, movedBy: by }])
  await expect(runbooks.published('nowhere')).rejects.toMatchObject({ code: 'unknown-runbook' })
})

const document = (cron: string) =>
  `tenon: 1\nname: back\ntitle: Back\ntriggers:\n  night: { kind: schedule, cron: '${cron}' }\nnodes: {}\n`

test('a rollback brings the triggers of its version; a version that cannot be read stays where it is', async () => {
  const { runbooks } = world.db
  await runbooks.create({ name: 'back', title: 'Back', source: document('0 3 * * *'), by })
  const publish = async (revision: number, source: string, cron: string) =>
    runbooks.publish({ ...publication('back', revision, source), triggers: { night: nightly(cron) } })
  await publish(1, document('0 3 * * *'), '0 3 * * *')
  await runbooks.saveDraft({ name: 'back', baseRevision: 1, source: document('0 5 * * *'), by })
  await publish(2, document('0 5 * * *'), '0 5 * * *')
  expect(await runbooks.published('back')).toMatchObject({ number: 2 })

  await runbooks.rollback('back', 1, { by: 'ben@example.com' })
  expect(await runbooks.published('back')).toMatchObject({ number: 1 })
  expect(await runbooks.triggersOf('back')).toMatchObject([{ content: { cron: '0 3 * * *' } }])
  expect(await runbooks.pointers('back')).toMatchObject([{ version: 1, movedBy: 'ben@example.com' }])

  await world.sql(`UPDATE "runbook_version" SET "source" = 'nodes: [' WHERE "number" = 2`)
  const elsewhere = openDatabase(world.url, { connections: 1 })
  const refused = elsewhere.runbooks.rollback('back', 2, { by })
  await expect(refused).rejects.toMatchObject({ code: 'version-unreadable' })
  await elsewhere.close()
  expect(await runbooks.published('back')).toMatchObject({ number: 1 })
})

test('a runbook that was deleted and made anew shows nothing of the old one', async () => {
  const { runbooks } = world.db
  await create('again')
  await runbooks.publish(publication('again', 1, 'one'))
  expect(await runbooks.published('again')).toMatchObject({ source: 'one' })
  await runbooks.delete('again')
  await create('again')
  expect(await runbooks.published('again')).toBeNull()
  await runbooks.publish(publication('again', 1, 'two'))
  expect(await runbooks.published('again')).toMatchObject({ number: 1, source: 'two', plan: { hash: 'sha256:two' } })
})
