/**
 * The data folder: everything that a start keeps, in one place that can be copied or removed. One start at a time uses it.
 */
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as z from 'zod'
import { StackError } from './stack-error.ts'

/** The repository's root. */
export const repository = fileURLToPath(new URL('../../..', import.meta.url)).replace(/[/\\]$/, '')

const stateSchema = z.object({
  /** Chosen once and kept, so that links and bookmarks live on. */
  ports: z.record(z.string(), z.number().int()).default({}),
  /** The API token that the shop posts changes with. */
  shopToken: z.string().optional(),
  /** When the demo world was first made. */
  demoSince: z.string().optional(),
})
export type HomeState = z.infer<typeof stateSchema>

const lockSchema = z.object({ pid: z.number().int(), began: z.string().nullable() })

export interface Home {
  directory: string
  state: HomeState
  saveState: (change: Partial<HomeState>) => void
  /** File with the key that encrypts stored credentials: base64 of 32 bytes, readable by its owner only. */
  encryptionKeyFile: string
  path: (...names: string[]) => string
  release: () => void
}

/** TENON_HOME, or `.data` in the repository. */
export function homeDirectory(environment: NodeJS.ProcessEnv = process.env): string {
  return environment.TENON_HOME ? resolve(environment.TENON_HOME) : join(repository, '.data')
}

/**
 * Takes the folder for this process, making it when it is missing.
 *
 * @throws StackError `home-in-use` when another start has it; `not-a-home` when `reset` points at a folder that Tenon did not make.
 */
export function openHome(directory: string, options: { reset?: boolean } = {}): Home {
  const path = (...names: string[]): string => join(directory, ...names)
  mkdirSync(directory, { recursive: true })
  takeLock(path('lock.json'), directory)
  if (options.reset) empty(directory)
  const stateFile = path('state.json')
  const state = readState(stateFile)
  const saveState = (change: Partial<HomeState>): void => {
    Object.assign(state, change)
    writeWhole(stateFile, `${JSON.stringify(state, null, 2)}\n`)
  }
  saveState({})
  return {
    directory,
    state,
    saveState,
    encryptionKeyFile: ensureKey(path('encryption.key')),
    path,
    release: () => rmSync(path('lock.json'), { force: true }),
  }
}

/** Who uses the folder now: a process id, or null. */
export function homeUser(directory: string): number | null {
  const file = join(directory, 'lock.json')
  if (!existsSync(file)) return null
  const lock = lockSchema.safeParse(parseJson(readFileSync(file, 'utf8')))
  if (!lock.success) return null
  return beginningOf(lock.data.pid) === lock.data.began && isAlive(lock.data.pid) ? lock.data.pid : null
}

/** What the last start left, for commands that speak to a running one. */
export function readState(file: string): HomeState {
  if (!existsSync(file)) return { ports: {} }
  const state = stateSchema.safeParse(parseJson(readFileSync(file, 'utf8')))
  if (!state.success) {
    throw new StackError(
      'bad-state',
      `${file} is damaged.`,
      'Remove that file (ports are chosen anew), or start with --reset.',
    )
  }
  return state.data
}

function takeLock(file: string, directory: string): void {
  const lock = `${JSON.stringify({ pid: process.pid, began: beginningOf(process.pid) })}\n`
  for (;;) {
    try {
      writeFileSync(file, lock, { flag: 'wx' })
      return
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    }
    const user = homeUser(directory)
    if (user !== null) {
      throw new StackError(
        'home-in-use',
        `Tenon already runs on ${directory} (process ${user}).`,
        'Stop that one first (Ctrl-C in its terminal), or set TENON_HOME to another folder to run a second one.',
      )
    }
    // Left by a start that was killed.
    rmSync(file, { force: true })
  }
}

function empty(directory: string): void {
  const names = readdirSync(directory).filter((name) => name !== 'lock.json')
  if (names.length > 0 && !names.includes('state.json')) {
    rmSync(join(directory, 'lock.json'), { force: true })
    throw new StackError(
      'not-a-home',
      `${directory} has files but was not made by Tenon, so --reset does not empty it.`,
      'Set TENON_HOME to a folder of its own.',
    )
  }
  for (const name of names) rmSync(join(directory, name), { recursive: true, force: true })
}

function ensureKey(file: string): string {
  if (!existsSync(file)) writeFileSync(file, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600, flag: 'wx' })
  return file
}

function writeWhole(file: string, content: string): void {
  const unfinished = `${file}.${process.pid}`
  writeFileSync(unfinished, content, { mode: 0o600 })
  renameSync(unfinished, file)
}

/** When a process began, so that a number given to another process later is not mistaken for it; null where it cannot be read. */
function beginningOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name in parentheses may hold spaces; the beginning is field 22, the 20th after it.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null
  } catch {
    return null
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
