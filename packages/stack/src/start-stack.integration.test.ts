import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { homeUser } from './home.ts'
import { startStack } from './start-stack.ts'
import type { StackReport } from './stack-options.ts'

// A whole start is what e2e/ runs on; here is what happens to one that fails or is given up.

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'tenon-stack-'))
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

test('a start that fails names the part and the fix, and leaves nothing running', async () => {
  const environment = { ...process.env, TEMPORAL_ADDRESS: '127.0.0.1:1' }
  await expect(startStack({ home, environment })).rejects.toMatchObject({
    code: 'part-failed',
    message: expect.stringContaining('TEMPORAL_ADDRESS=127.0.0.1:1'),
    fix: expect.stringContaining('unset TEMPORAL_ADDRESS'),
  })
  expect(homeUser(home)).toBeNull()
  expect(processesOn(home)).toEqual([])
})

test('a start that is given up stops what it started', async () => {
  const controller = new AbortController()
  const report: StackReport = { ready: (part) => part === 'PostgreSQL' && controller.abort() }
  await expect(startStack({ home, report, signal: controller.signal })).rejects.toMatchObject({ code: 'stopped' })
  expect(homeUser(home)).toBeNull()
  expect(processesOn(home)).toEqual([])
})

/** Command lines of processes that name the folder; Linux only, empty elsewhere. */
function processesOn(folder: string): string[] {
  if (process.platform !== 'linux') return []
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => commandLine(pid))
    .filter((line) => line.includes(folder))
}

function commandLine(pid: string): string[] {
  try {
    return [readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')]
  } catch {
    // It ended meanwhile.
    return []
  }
}
