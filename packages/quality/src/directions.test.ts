import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { findCycles } from './cycles.ts'
import { checkDirections } from './directions.ts'
import { readModuleGraph } from './module-graph.ts'
import { root as repository } from './run-program.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tenon-graph-'))
  for (const name of ['runbook', 'activities', 'db']) {
    write(
      `packages/${name}/package.json`,
      JSON.stringify({ name: `@tenon/${name}`, exports: { '.': './src/index.ts', './compute': './src/compute.ts' } }),
    )
  }
  write('apps/worker/package.json', JSON.stringify({ name: '@tenon/worker' }))
  write('apps/web/package.json', JSON.stringify({ name: '@tenon/web', imports: { '#web/*': './src/*' } }))
  for (const name of ['runbook', 'activities', 'db']) write(`packages/${name}/src/index.ts`, 'export const x = 1')
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}

const problems = async () => checkDirections(await readModuleGraph(root))

test('a tree that keeps the rules has no violations', async () => {
  write('apps/worker/src/main.ts', "import { x } from '@tenon/db'\nexport const y = x")
  expect(await problems()).toEqual([])
})

test('a package may not import one above it', async () => {
  write('packages/runbook/src/up.ts', "import { x } from '@tenon/db'\nexport const y = x")
  const problem = 'packages/runbook may not import packages/db (@tenon/db)'
  expect(await problems()).toEqual([{ file: 'packages/runbook/src/up.ts', problem }])
})

test('types count: the reader needs the other package for them too', async () => {
  write('packages/runbook/src/up.ts', "import type { x } from '@tenon/db'\nexport type Y = typeof x")
  expect(await problems()).toHaveLength(1)
})

test('a relative path into another workspace is refused', async () => {
  write('apps/worker/src/main.ts', "export { x } from '../../../packages/db/src/index.ts'")
  expect(await problems()).toMatchObject([{ problem: expect.stringContaining('reaches into packages/db') }])
})

test('an import that leads nowhere is named', async () => {
  write('apps/web/src/page.ts', "import { x } from '#web/not-there.ts'\nexport const y = x")
  expect(await problems()).toMatchObject([{ problem: '#web/not-there.ts leads nowhere' }])
})

test('only packages/db imports the Prisma client', async () => {
  write('apps/web/src/page.ts', "import { PrismaClient } from '@prisma/client'\nexport const y = PrismaClient")
  expect(await problems()).toMatchObject([{ problem: expect.stringContaining('only packages/db') }])
})

test('workflow code may not reach Node, however far away', async () => {
  write('apps/worker/src/workflows/run.ts', "export { x } from '../far.ts'")
  write('apps/worker/src/far.ts', "import { readFileSync } from 'node:fs'\nexport const x = readFileSync")
  const problem = expect.stringMatching(
    /loads node:fs \(through apps\/worker\/src\/workflows\/run\.ts > apps\/worker\/src\/far\.ts\)/,
  )
  expect(await problems()).toMatchObject([{ file: 'apps/worker/src/far.ts', problem }])
})

test('workflow code loads of the node types only those that compute', async () => {
  write('packages/activities/src/compute.ts', 'export const x = 1')
  write('apps/worker/src/workflows/run.ts', "export { x } from '@tenon/activities/compute'")
  expect(await problems()).toEqual([])
  write('apps/worker/src/workflows/run.ts', "export { x } from '@tenon/activities'")
  expect(await problems()).toHaveLength(1)
})

test('the browser may not load server code', async () => {
  write('apps/web/src/page.tsx', "'use client'\nexport { x } from './between.ts'")
  write('apps/web/src/between.ts', "export { x } from './server/secret.ts'")
  write('apps/web/src/server/secret.ts', 'export const x = 1')
  expect(await problems()).toMatchObject([
    { file: 'apps/web/src/server/secret.ts', problem: expect.stringContaining('browser') },
  ])
})

test('a cycle is found, also one of types, and through a package name', async () => {
  write('packages/runbook/src/index.ts', "export type { B } from './b.ts'\nexport const a = 1")
  write('packages/runbook/src/b.ts', "import { a } from './c.ts'\nexport type B = typeof a")
  write('packages/runbook/src/c.ts', "export { a } from '@tenon/runbook'")
  const files = ['b', 'c', 'index'].map((name) => `packages/runbook/src/${name}.ts`)
  expect(findCycles(await readModuleGraph(root))).toEqual([files])
})

test('the graph of this repository is not empty', async () => {
  const graph = await readModuleGraph(repository)
  expect(graph.files.size).toBeGreaterThan(100)
  expect(graph.importCount).toBeGreaterThan(graph.files.size)
  const own = graph.files.get('packages/quality/src/directions.test.ts')
  expect(own?.imports.map(({ file }) => file)).toContain('packages/quality/src/cycles.ts')
})
