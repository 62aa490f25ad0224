/** A database that nobody wrote a line about: connected, discovered, accepted, and asked by a runbook, as an editor does it. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { startRun } from '../start-run.ts'
import { openServer, type ServerWorld } from '../test/server-world.ts'

let world: ServerWorld
beforeAll(async () => {
  world = await openServer()
})
afterAll(() => world?.close())

const runbook = `tenon: 1
name: database-load
title: How busy is the database?
express: true
nodes:
  connections: { type: ask.measure, with: { measure: postgres.numbackends, window: 1m } }
  many: { type: steer.branch, with: { condition: '\${ steps.connections.output.value >= 1 }' } }
edges:
  - { from: connections, on: has-data, to: many }
`

test("PostgreSQL's own statistics are discovered and used in a runbook", async () => {
  const { host, username, password } = new URL(process.env['TEST_DATABASE_URL'] ?? '')
  const editor = await world.as('editor')
  await world.db.connections.save({
    name: 'our-database',
    kind: 'postgres',
    url: `postgres://${host}/postgres`,
    secret: `${decodeURIComponent(username)}:${decodeURIComponent(password)}`,
  })
  const { proposalId: id } = await editor.model.discover({ connection: 'our-database' })
  await vi.waitFor(async () => expect((await editor.model.proposal({ id })).state).toBe('open'), { timeout: 20_000 })
  await editor.model.accept({ id })
  const found = await editor.data.search({ text: 'connections database postgres', limit: 20 })
  expect(found.hits.map(({ ref }) => ref)).toContain('postgres.numbackends')

  await editor.runbooks.create({ source: runbook })
  await editor.runbooks.publish({ name: 'database-load', revision: 1 })
  const { runId } = await startRun(world.services, {
    name: 'database-load',
    params: {},
    trigger: { kind: 'api', by: 'token:ci' },
  })
  const steps = await world.db.runs.steps(runId)
  expect(steps.map(({ stepId, outcome }) => [stepId, outcome])).toEqual([
    ['connections', 'has-data'],
    ['many', 'yes'],
  ])
})
