/** What the editor's export gets: the draft, a version as it was published, and the runbooks that steps run. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { problemOf } from './errors.ts'
import { openServer, runbookSource, type ServerWorld } from './test/server-world.ts'

let world: ServerWorld
let admin: Awaited<ReturnType<ServerWorld['as']>>
let viewer: Awaited<ReturnType<ServerWorld['as']>>

beforeAll(async () => {
  world = await openServer()
  admin = await world.as('admin')
  viewer = await world.as('viewer')
})
afterAll(() => world.close())

const textOf = (files: { path: string; text: string }[], path: string): string =>
  files.find((file) => file.path === path)?.text ?? ''

test('a viewer exports the draft, a text that is not saved, and a version as it was published', async () => {
  const source = runbookSource('exported')
  await admin.runbooks.create({ source })
  await admin.runbooks.publish({ name: 'exported', revision: 1 })
  await admin.runbooks.saveDraft({
    name: 'exported',
    baseRevision: 1,
    source: source.replace(/^title: .*$/m, 'title: Newer'),
  })
  const draft = await viewer.runbooks.export({ name: 'exported' })
  expect(draft.map(({ path }) => path)).toEqual(
    expect.arrayContaining([
      'README.md',
      'package.json',
      'src/workflow.ts',
      'src/activities.ts',
      'src/worker.ts',
      'src/client.ts',
    ]),
  )
  expect(textOf(draft, 'README.md')).toContain('# Newer')
  expect(textOf(await viewer.runbooks.export({ name: 'exported', version: 1 }), 'README.md')).not.toContain('# Newer')
  const unsaved = await viewer.runbooks.export({
    name: 'exported',
    source: source.replace(/^title: .*$/m, 'title: Unsaved'),
  })
  expect(textOf(unsaved, 'README.md')).toContain('# Unsaved')
})

test('the runbooks that steps run are in it, in the version that they are pinned to', async () => {
  await admin.runbooks.create({ source: runbookSource('below') })
  await admin.runbooks.publish({ name: 'below', revision: 1 })
  const above = `tenon: 1
name: above
title: Above
nodes:
  run: { type: steer.run-runbook, with: { runbook: below } }
`
  await admin.runbooks.create({ source: above })
  const files = await viewer.runbooks.export({ name: 'above' })
  expect(textOf(files, 'src/workflow.ts')).toContain("workflow: 'belowV1'")
  expect(textOf(files, 'src/below-v1.ts')).toContain('export async function belowV1(')
  expect(textOf(files, 'src/workflows.ts')).toContain("export { belowV1 } from './below-v1.ts'")
})

test('what does not compile is refused with its place; what is not there is not found', async () => {
  const problem = (call: Promise<unknown>) =>
    call.then(
      () => null,
      (error: unknown) => problemOf(error),
    )
  const broken = runbookSource('exported').replace('judge.conclude', 'judge.conclud')
  expect(await problem(viewer.runbooks.export({ name: 'exported', source: broken }))).toMatchObject({
    status: 422,
    code: 'document-invalid',
  })
  expect(await problem(viewer.runbooks.export({ name: 'nobody' }))).toMatchObject({ status: 404 })
  expect(await problem(viewer.runbooks.export({ name: 'exported', version: 99 }))).toMatchObject({ status: 404 })
})
