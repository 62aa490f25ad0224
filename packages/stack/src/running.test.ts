import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openHome } from './home.ts'
import { needRunning, readRunning, untilFormerIsGone, writeRunning, type Running } from './running.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tenon-running-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const running: Running = {
  url: 'http://127.0.0.1:3000',
  shopUrl: null,
  databaseUrl: 'postgresql://tenon:tenon@127.0.0.1:5442/postgres',
  temporalAddress: '127.0.0.1:7243',
  metricsUrl: null,
  alertmanagerUrl: null,
  groups: [],
}

test('a start that is under way is found, and its file is for its owner only', () => {
  const home = openHome(directory)
  writeRunning(directory, running)
  expect(needRunning(directory)).toEqual(running)
  expect(statSync(join(directory, 'running.json')).mode & 0o077).toBe(0)
  home.release()
})

test('what a killed start left is not a running one', () => {
  writeRunning(directory, running)
  expect(readRunning(directory)).toBeNull()
  expect(() => needRunning(directory)).toThrow(expect.objectContaining({ code: 'not-running' }))
})

test('the next start waits until the parts of a killed one are gone', async () => {
  const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 300)'], { detached: true, stdio: 'ignore' })
  const ended = new Promise((resolve) => child.once('exit', resolve))
  writeRunning(directory, { ...running, groups: [child.pid ?? 0] })
  expect(await untilFormerIsGone(directory, { timeoutMs: 5_000 })).toBe(true)
  await ended
  expect(await untilFormerIsGone(directory, { timeoutMs: 5_000 })).toBe(false)
})

test('a file that a killed start half wrote is no hindrance', async () => {
  writeFileSync(join(directory, 'running.json'), '{ "url": ')
  expect(await untilFormerIsGone(directory, { timeoutMs: 100 })).toBe(false)
})
