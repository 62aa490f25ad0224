import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { isGroupAlive } from './process-group.ts'
import { type PartSpec, Supervisor, type SupervisorEvent } from './supervisor.ts'

let directory: string
let supervisor: Supervisor
const events: SupervisorEvent[] = []

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tenon-supervisor-'))
  events.length = 0
  supervisor = new Supervisor({
    logDirectory: join(directory, 'logs'),
    onEvent: (event) => events.push(event),
    killAfterMs: 500,
  })
})
afterEach(async () => {
  await supervisor.stop()
  rmSync(directory, { recursive: true, force: true })
})

const FOREVER = 'setInterval(() => {}, 1000)'

function part(name: string, script: string, more: Partial<PartSpec> = {}): PartSpec {
  return { name, command: process.execPath, args: ['-e', script], ready: async () => true, ...more }
}

/** Ready once it wrote that it is. */
function announced(name: string, script: string): PartSpec {
  const ready = async (): Promise<boolean> => readFileSync(supervisor.logFile(name), 'utf8').includes('ready')
  return part(name, `${script};console.log('ready')`, { ready })
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await sleep(20)
}

const gone = (pid: number) => () => !isGroupAlive(pid)

test('parts are stopped one after the other, the last started first', async () => {
  const file = join(directory, 'order')
  const script = (name: string) =>
    `process.on('SIGTERM', () => { require('fs').appendFileSync(${JSON.stringify(file)}, '${name} '); process.exit() });${FOREVER}`
  for (const name of ['database', 'worker', 'web']) await supervisor.start(announced(name, script(name)))
  await supervisor.stop()
  expect(readFileSync(file, 'utf8')).toBe('web worker database ')
})

test('a part that ends by itself is started again and both is said', async () => {
  await supervisor.start(part('worker', FOREVER, { restart: true }))
  const [first] = supervisor.running()
  await supervisor.kill('worker')
  await until(() => events.some(({ kind }) => kind === 'restarted'))
  const [second] = supervisor.running()
  expect(second?.pid).not.toBe(first?.pid)
  expect(events[0]).toMatchObject({ kind: 'ended', part: 'worker', detail: 'was ended by SIGKILL', restartInMs: 500 })
})

test('a part that did not ask for it is not started again', async () => {
  await supervisor.start(part('once', FOREVER))
  await supervisor.kill('once')
  await until(() => events.length > 0)
  expect(events).toEqual([{ kind: 'ended', part: 'once', detail: 'was ended by SIGKILL', restartInMs: null }])
})

test('a part that ends before it is ready fails the start with the end of its log', async () => {
  const failing = supervisor.start(
    part('web', "console.error('port 3000 is taken');process.exit(3)", { ready: async () => false }),
  )
  await expect(failing).rejects.toMatchObject({
    code: 'part-failed',
    message: expect.stringMatching(/web ended with code 3[\s\S]*port 3000 is taken/),
  })
})

test('a part that is never ready fails the start in its time', async () => {
  const slow = part('web', FOREVER, { ready: async () => false, readyTimeoutMs: 200 })
  await expect(supervisor.start(slow)).rejects.toThrow(/was not ready within 0\.2 s/)
})

test('a missing program fails the start', async () => {
  const spec = { ...part('web', ''), command: join(directory, 'no-such-program'), ready: async () => false }
  await expect(supervisor.start(spec)).rejects.toThrow(/web could not be started/)
})

test('a part that does not heed its signal is killed, with all that it started', async () => {
  const file = join(directory, 'child')
  const grandchild = `const c = require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(FOREVER)}]);require('fs').writeFileSync(${JSON.stringify(file)}, String(c.pid))`
  await supervisor.start(announced('deaf', `${grandchild};process.on('SIGTERM', () => {});${FOREVER}`))
  const child = Number(readFileSync(file, 'utf8'))
  await supervisor.stop()
  expect(events).toContainEqual({ kind: 'killed', part: 'deaf' })
  await until(() => !isProcessAlive(child))
})

test('nothing is started while it stops', async () => {
  await supervisor.stop()
  await expect(supervisor.start(part('late', FOREVER))).rejects.toMatchObject({ code: 'stopping' })
})

test('abandon kills every part at once', async () => {
  await supervisor.start(part('deaf', `process.on('SIGTERM', () => {});${FOREVER}`, { restart: true }))
  const pids = supervisor.running().map(({ pid }) => pid)
  supervisor.abandon()
  for (const pid of pids) await until(gone(pid))
  expect(events).toEqual([])
})

test('when the supervisor itself is killed, nothing that it started goes on', async () => {
  const script = fileURLToPath(new URL('../test/supervisor-to-kill.ts', import.meta.url))
  const logs = join(directory, 'other-logs')
  writeFileSync(join(directory, 'mark'), '')
  const child = spawn(process.execPath, [script, logs, `process.on('SIGTERM', () => {});${FOREVER}`], {
    env: { ...process.env, TENON_WATCHDOG_GRACE_MS: '200' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const pid = await new Promise<number>((resolve) =>
    child.stdout.once('data', (text: Buffer) => resolve(Number(text.toString()))),
  )
  expect(isGroupAlive(pid)).toBe(true)
  child.kill('SIGKILL')
  await until(gone(pid))
})

function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
