/** The start that is under way on a data folder, for commands that speak to it, and for the start after one that was killed. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import * as z from 'zod'
import { homeUser } from './home.ts'
import { isGroupAlive } from './process-group.ts'
import { StackError } from './stack-error.ts'

const runningSchema = z.object({
  url: z.string(),
  shopUrl: z.string().nullable(),
  databaseUrl: z.string(),
  temporalAddress: z.string(),
  metricsUrl: z.string().nullable(),
  alertmanagerUrl: z.string().nullable(),
  /** Process groups of the parts. */
  groups: z.array(z.number().int().positive()),
})
export type Running = z.infer<typeof runningSchema>

/** Readable by its owner only: the database's address may hold a password. */
export function writeRunning(home: string, running: Running): void {
  writeFileSync(fileOf(home), `${JSON.stringify(running, null, 2)}\n`, { mode: 0o600 })
}

export function removeRunning(home: string): void {
  rmSync(fileOf(home), { force: true })
}

/** What runs on the folder now; null when nothing does. */
export function readRunning(home: string): Running | null {
  return homeUser(home) === null ? null : readFile(home)
}

/** @throws StackError `not-running`. */
export function needRunning(home: string): Running {
  const running = readRunning(home)
  if (running) return running
  throw new StackError(
    'not-running',
    `Tenon does not run on ${home}.`,
    'Start it with `npm start`, and run this in another terminal. With TENON_HOME set there, set it here too.',
  )
}

/**
 * Waits until the parts of a start that was killed are gone: its watchdog stops them, which takes seconds.
 *
 * @returns whether there was something to wait for.
 */
export async function untilFormerIsGone(home: string, options: { timeoutMs: number }): Promise<boolean> {
  const former = readFile(home)
  if (!former) return false
  const deadline = Date.now() + options.timeoutMs
  let waited = false
  while (former.groups.some(isGroupAlive) && Date.now() < deadline) {
    waited = true
    await sleep(100)
  }
  removeRunning(home)
  return waited
}

function readFile(home: string): Running | null {
  const file = fileOf(home)
  if (!existsSync(file)) return null
  try {
    return runningSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    // Half-written by a start that was killed in that moment: it says nothing, and is written anew.
    return null
  }
}

function fileOf(home: string): string {
  return join(home, 'running.json')
}
