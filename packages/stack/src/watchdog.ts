/**
 * The last line against orphans. The supervisor holds this process's standard input open and tells it which process groups it
 * started; when the supervisor dies without stopping them (kill -9, a crash), the input ends and this process stops them.
 * Lines: `+<pid>` started, `-<pid>` ended. It is a program, not a module.
 */
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'

/** Time for a part to end by itself after SIGTERM; the databases flush in it. */
const GRACE_MS = Number(process.env.TENON_WATCHDOG_GRACE_MS ?? 8_000)

const alive = new Set<number>()
// A terminal's Ctrl-C reaches every process of its group; the supervisor decides when this one ends.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)

for await (const line of createInterface({ input: process.stdin })) {
  const pid = Number(line.slice(1))
  if (!Number.isInteger(pid) || pid <= 1) continue
  if (line.startsWith('+')) alive.add(pid)
  else alive.delete(pid)
}

signalAll('SIGTERM')
const deadline = Date.now() + GRACE_MS
while (Date.now() < deadline && [...alive].some(isAlive)) await sleep(100)
signalAll('SIGKILL')

function signalAll(signal: NodeJS.Signals): void {
  // Newest first: a client of a database ends before the database.
  for (const pid of [...alive].reverse()) signalGroup(pid, signal)
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, signal)
  } catch {
    alive.delete(pid)
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 0)
    return true
  } catch {
    return false
  }
}
