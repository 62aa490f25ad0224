/** Exports of real runbooks: they type-check as they are, and their compute steps give what the product's give. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { compileRunbook, type Plan } from '@tenon/runbook'
import { exportTemporal } from '@tenon/runbook/export'
import { afterAll, expect, test } from 'vitest'
import { catalogue } from './catalogue.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'tenon-export-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function planOf(path: string): Plan {
  const compiled = compileRunbook(readFileSync(join(root, path), 'utf8'), catalogue)
  if (!compiled.ok) throw new Error(compiled.problems.map(({ message }) => message).join('\n'))
  return compiled.plan
}

test.each([
  'demo/runbooks/payment-drop.yaml',
  'demo/runbooks/zone-check.yaml',
  'packages/runbook/test/export/every-construct.yaml',
])('the export of %s type-checks as it is', { timeout: 120_000 }, (path) => {
  const exported = exportTemporal(planOf(path), catalogue)
  if (!exported.ok) throw new Error(exported.problems.map(({ message }) => message).join('\n'))
  const project = join(folder, path.replaceAll(/\W/g, '-'))
  for (const [name, text] of Object.entries(exported.files)) {
    mkdirSync(dirname(join(project, name)), { recursive: true })
    writeFileSync(join(project, name), text)
  }
  symlinkSync(join(root, 'node_modules'), join(project, 'node_modules'))
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  expect(run(process.execPath, [tsc, '--noEmit', '-p', project])).toBe('')
})

function run(program: string, args: string[]): string {
  try {
    return execFileSync(program, args, { encoding: 'utf8' })
  } catch (error) {
    return String((error as { stdout?: string }).stdout)
  }
}
