/** Dynamic compute through the server's own procedures and the API: who may ask what, and answers that are kept. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDataService, modelFile } from '@tenon/data'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startRestServer, type RestServer } from '../test/rest-server.ts'
import { openServer, type ServerWorld } from '../test/server-world.ts'

const range = { from: '2026-11-28T11:00:00Z', to: '2026-11-28T12:00:00Z' }
const ask = { from: 'access', range, groupBy: ['method'] }
const raw = { from: { source: 'logs', from: 'access.log' }, parse: '<time> <method> <took>', range }

let world: ServerWorld
let rest: RestServer
let folder: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tenon-web-compute-'))
  process.env['TENON_FILES_DIR'] = folder
  writeFileSync(join(folder, 'access.log'), '2026-11-28T11:00:01Z GET 1\n2026-11-28T11:00:02Z POST 2\nnothing\n')
  world = await openServer()
  const access = { source: 'logs', from: 'access.log', parse: '<time> <method> <took>', measures: {} }
  const model = modelFile.parse({ tenonModel: 1, tables: { access } })
  const data = createDataService({ model, sources: async () => ({ kind: 'files', url: folder, secret: null }) })
  world.services.data = async () => data
  rest = await startRestServer(world.services)
})
afterAll(async () => {
  await rest?.close()
  await world?.close()
  rmSync(folder, { recursive: true, force: true })
})

test('an answer is kept as it was, until its time is over', async () => {
  const operator = await world.as('operator')
  const answer = await operator.data.compute({ ...ask, keepSeconds: 60 })
  expect(answer.rows).toEqual([
    ['GET', 1],
    ['POST', 1],
  ])
  expect(answer.notes).toEqual(['1 line is not of the format and not counted.'])
  const { keptId, ...result } = answer
  const viewer = await world.as('viewer')
  const kept = await viewer.data.kept({ id: keptId ?? '' })
  expect(kept).toMatchObject({ result, ask: { from: 'access', groupBy: ['method'] } })
  expect(Date.parse(kept.expiresAt) - Date.parse(kept.createdAt)).toBeLessThanOrEqual(61_000)
  await expect(viewer.data.kept({ id: 'nothing' })).rejects.toMatchObject({
    cause: { problem: { code: 'unknown-result' } },
  })
})

test('operators ask the model, editors beyond it, viewers neither', async () => {
  const [viewer, operator, editor] = [await world.as('viewer'), await world.as('operator'), await world.as('editor')]
  await expect(viewer.data.compute(ask)).rejects.toThrow('needs the role operator')
  await expect(operator.data.compute(raw)).rejects.toThrow('needs the role editor')
  expect((await editor.data.compute(raw)).rows).toEqual([[2]])
})

test('the API answers the same, and names what is wrong', async () => {
  const user = await world.db.users.create({ name: 'Ada', email: 'compute@example.com', role: 'admin' })
  const { token } = await world.db.tokens.create({ name: 'ci', role: 'editor', userId: user.id, expiresAt: null })
  const post = (body: unknown) => rest.call('POST', '/api/v1/data/compute', { token, body })
  const { status, body } = await post({ ...raw, aggregates: [{ fn: 'sum', field: 'took' }], keepSeconds: 60 })
  expect([status, body.rows]).toEqual([200, [[3]]])
  const kept = await rest.call('GET', `/api/v1/data/results/${String(body.keptId)}`, { token })
  expect(kept.body).toMatchObject({ id: body.keptId, result: { rows: [[3]] } })
  expect((await rest.call('GET', '/api/v1/data/results/nothing', { token })).status).toBe(404)
  const wrong = await post({ ...ask, groupBy: ['metod'] })
  expect([wrong.status, wrong.body.code, wrong.body.fix]).toEqual([400, 'bad-query', expect.stringContaining('method')])
  expect((await post({ ...ask, range: { from: 'now' } })).body.code).toBe('bad-input')
  expect((await post({ ...raw, from: { source: 'logs', from: '../access.log' } })).status).toBe(400)
})
