import { afterAll, beforeAll, expect, test } from 'vitest'
import { startRestServer, type RestServer } from '../../test/rest-server.ts'
import { openServer, runbookSource, type ServerWorld } from '../../test/server-world.ts'

let world: ServerWorld
let rest: RestServer
let token: string

beforeAll(async () => {
  world = await openServer()
  rest = await startRestServer(world.services)
  const { id } = await world.db.users.create({ name: 'Ada', email: 'ada@example.com', role: 'admin' })
  token = (await world.db.tokens.create({ name: 'ci', role: 'viewer', userId: id, expiresAt: null })).token
  const admin = await world.as('admin')
  const source = runbookSource('drop')
  await admin.runbooks.create({ source })
  await admin.runbooks.publish({ name: 'drop', revision: 1, note: 'The first.' })
  await admin.runbooks.saveDraft({ name: 'drop', baseRevision: 1, source: `${source}timeout: 2h\n` })
  await admin.runbooks.publish({ name: 'drop', revision: 2, environment: 'staging' })
})
afterAll(async () => {
  await rest.close()
  await world.close()
})

const get = (path: string) => rest.call('GET', `/api/v1${path}`, { token })

test('versions say where they are live, and are read by number', async () => {
  const { body } = await get('/runbooks/drop/versions')
  expect(body.items).toMatchObject([
    { number: 2, note: '', liveIn: ['staging'] },
    { number: 1, note: 'The first.', liveIn: ['production'] },
  ])
  expect((await get('/runbooks/drop/versions/2')).body).toMatchObject({
    number: 2,
    source: expect.stringContaining('2h'),
  })
})

test('what is live is compared with the draft when nothing else is asked', async () => {
  const { body } = await get('/runbooks/drop/diff')
  expect(body).toMatchObject({ from: 1, to: null, lines: ['timeout 1h → 2h'] })
  expect((await get('/runbooks/drop/diff?environment=staging')).body.lines).toEqual([])
  expect((await get('/runbooks/drop/diff?from=2&to=1')).body.diff.settings).toEqual([
    { path: ['timeout'], before: '2h', after: '1h' },
  ])
})

test.each([
  ['/runbooks/none/versions', 404, 'unknown-runbook'],
  ['/runbooks/drop/versions/9', 404, 'unknown-version'],
  ['/runbooks/drop/versions/last', 400, 'bad-input'],
  ['/runbooks/drop/diff?from=9', 404, 'unknown-version'],
  ['/runbooks/drop/diff?from=newest', 400, 'bad-input'],
  ['/runbooks/drop/diff?environment=drill', 409, 'not-published'],
  ['/runbooks/none/diff', 404, 'unknown-runbook'],
])('%s is refused with its reason', async (path, status, code) => {
  const answer = await get(path)
  expect([answer.status, answer.body.code]).toEqual([status, code])
})

test('environments are listed', async () => {
  expect((await get('/environments')).body).toEqual({ items: ['production', 'staging'], next: null })
})
