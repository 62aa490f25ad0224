/**
 * Starts parts as child processes, waits until each is ready, starts a fallen one again, and stops them all in reverse order.
 * Each part leads its own process group, so that a Ctrl-C in the terminal reaches only the supervisor, which then decides the
 * order, and so that a part's own children end with it. A watchdog process stops the groups if the supervisor itself is killed.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { signalGroup } from './process-group.ts'
import { StackError } from './stack-error.ts'

export interface PartSpec {
  /** Kebab-case; also the name of its log file. */
  name: string
  command: string
  args: string[]
  env?: Record<string, string | undefined>
  cwd?: string
  /** Run as this user (only root may ask for it). */
  uid?: number
  gid?: number
  /** Asks the part to end. PostgreSQL wants SIGINT for its fast shutdown. Default SIGTERM. */
  stopSignal?: NodeJS.Signals
  /** Resolves true once the part answers. Tried until then. */
  ready: () => Promise<boolean>
  /** Default 60 s. */
  readyTimeoutMs?: number
  /** Start it again when it ends by itself. */
  restart?: boolean
}

export type SupervisorEvent =
  | { kind: 'ended'; part: string; detail: string; restartInMs: number | null }
  | { kind: 'restarted'; part: string }
  | { kind: 'killed'; part: string }

export interface SupervisorOptions {
  logDirectory: string
  onEvent?: (event: SupervisorEvent) => void
  /** How long a part may take to end before it is killed. */
  killAfterMs?: number
}

interface Part {
  spec: PartSpec
  child: ChildProcess
  startedAt: number
  failures: number
}

const KILL_AFTER_MS = 8_000
const LOG_LIMIT_BYTES = 10_000_000
const RESTART_FIRST_MS = 500
const RESTART_LONGEST_MS = 30_000
/** A part that lived this long starts over with the shortest wait. */
const STABLE_MS = 5_000

export class Supervisor {
  readonly #options: SupervisorOptions
  readonly #parts: Part[] = []
  #watchdog: ChildProcess | null = null
  #stopping: Promise<void> | null = null

  constructor(options: SupervisorOptions) {
    this.#options = options
    mkdirSync(options.logDirectory, { recursive: true })
  }

  /** Names and process ids of what runs now, in order of start. */
  running(): { name: string; pid: number }[] {
    return this.#parts.flatMap(({ spec, child }) =>
      child.pid !== undefined && !hasEnded(child) ? [{ name: spec.name, pid: child.pid }] : [],
    )
  }

  logFile(name: string): string {
    return join(this.#options.logDirectory, `${name}.log`)
  }

  /**
   * Starts a part and returns once it is ready.
   *
   * @throws StackError `part-failed` with the end of its log when it ends or is not ready in time.
   */
  async start(spec: PartSpec): Promise<void> {
    if (this.#stopping) throw new StackError('stopping', `${spec.name} was not started: the stack is stopping.`, '')
    rotate(this.logFile(spec.name))
    const part: Part = { spec, child: this.#spawn(spec), startedAt: Date.now(), failures: 0 }
    this.#parts.push(part)
    await this.#untilReady(part)
    this.#watch(part)
  }

  /** Stops every part, the last started first. Safe to call twice. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stopAll()
    return this.#stopping
  }

  /** Kills a part and all that it started, as a crash would; it is started again if it asked for that. Resolves once it is gone. */
  async kill(name: string): Promise<void> {
    const part = this.#parts.find(({ spec }) => spec.name === name)
    if (part?.child.pid === undefined || hasEnded(part.child)) {
      throw new StackError('unknown-part', `${name} does not run.`, `Running: ${this.#names()}.`)
    }
    killGroup(part.child.pid)
    await endsWithin(part.child, 5_000)
  }

  /** Kills every part at once. Nothing is started again. */
  abandon(): void {
    this.#stopping ??= Promise.resolve()
    for (const { child } of this.#parts) if (child.pid !== undefined) killGroup(child.pid)
    this.#watchdog?.stdin?.end()
    this.#watchdog?.unref()
  }

  #names(): string {
    return this.running()
      .map(({ name }) => name)
      .join(', ')
  }

  async #stopAll(): Promise<void> {
    for (const part of [...this.#parts].reverse()) await this.#stopPart(part)
    this.#watchdog?.stdin?.end()
    this.#watchdog?.unref()
  }

  async #stopPart({ spec, child }: Part): Promise<void> {
    if (child.pid === undefined) return
    if (!hasEnded(child)) {
      child.kill(spec.stopSignal ?? 'SIGTERM')
      const ended = await endsWithin(child, this.#options.killAfterMs ?? KILL_AFTER_MS)
      if (!ended) this.#options.onEvent?.({ kind: 'killed', part: spec.name })
    }
    // The leader is gone or had its time; whatever is left of its group is a straggler.
    killGroup(child.pid)
    await endsWithin(child, 1_000)
  }

  #spawn(spec: PartSpec): ChildProcess {
    const log = openSync(this.logFile(spec.name), 'a')
    const child = spawn(spec.command, spec.args, {
      cwd: spec.cwd,
      env: { ...process.env, ...spec.env },
      stdio: ['ignore', log, log],
      detached: process.platform !== 'win32',
      ...(spec.uid === undefined ? {} : { uid: spec.uid }),
      ...(spec.gid === undefined ? {} : { gid: spec.gid }),
    })
    closeSync(log)
    // Without a listener a missing executable would end this whole process; `#untilReady` reports it.
    child.on('error', () => undefined)
    const { pid } = child
    if (pid !== undefined) {
      this.#tellWatchdog(`+${pid}`)
      child.once('exit', () => this.#tellWatchdog(`-${pid}`))
    }
    return child
  }

  async #untilReady({ spec, child }: Part): Promise<void> {
    let spawnFailure: Error | null = null
    child.once('error', (error) => (spawnFailure = error))
    const deadline = Date.now() + (spec.readyTimeoutMs ?? 60_000)
    while (Date.now() < deadline) {
      if (hasEnded(child) || spawnFailure) {
        const how = spawnFailure ? `could not be started: ${String(spawnFailure)}` : describeEnd(child)
        throw this.#failed(spec, how)
      }
      if (await spec.ready().catch(() => false)) return
      await sleep(25)
    }
    throw this.#failed(spec, `was not ready within ${(spec.readyTimeoutMs ?? 60_000) / 1000} s`)
  }

  #failed(spec: PartSpec, how: string): StackError {
    const file = this.logFile(spec.name)
    return new StackError(
      'part-failed',
      `${spec.name} ${how}. The end of its log:\n${lastLines(file, 15)}`,
      `Read ${file}; \`npm run doctor\` lists what is missing.`,
    )
  }

  #watch(part: Part): void {
    const { spec, child } = part
    const ended = (): void => {
      if (this.#stopping) return
      if (child.pid !== undefined) killGroup(child.pid)
      if (Date.now() - part.startedAt > STABLE_MS) part.failures = 0
      const wait = Math.min(RESTART_FIRST_MS * 2 ** part.failures, RESTART_LONGEST_MS)
      this.#options.onEvent?.({
        kind: 'ended',
        part: spec.name,
        detail: describeEnd(child),
        restartInMs: spec.restart ? wait : null,
      })
      if (spec.restart) setTimeout(() => this.#restart(part), wait)
    }
    if (hasEnded(child)) ended()
    else child.once('exit', ended)
  }

  #restart(part: Part): void {
    if (this.#stopping) return
    part.failures++
    part.child = this.#spawn(part.spec)
    part.startedAt = Date.now()
    this.#untilReady(part).then(
      () => this.#options.onEvent?.({ kind: 'restarted', part: part.spec.name }),
      () => {
        // Alive but never ready is as fallen as ended: let the watcher start it again.
        if (part.child.pid !== undefined) killGroup(part.child.pid)
      },
    )
    this.#watch(part)
  }

  #tellWatchdog(line: string): void {
    if (!this.#watchdog) {
      this.#watchdog = spawn(process.execPath, [fileURLToPath(new URL('./watchdog.ts', import.meta.url))], {
        stdio: ['pipe', 'ignore', 'ignore'],
        detached: true,
      })
      // It ends when its input does; a broken pipe only means that it already has.
      this.#watchdog.stdin?.on('error', () => undefined)
      this.#watchdog.on('error', () => undefined)
      this.#watchdog.unref()
    }
    this.#watchdog.stdin?.write(`${line}\n`)
  }
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null
}

function describeEnd(child: ChildProcess): string {
  return child.signalCode ? `was ended by ${child.signalCode}` : `ended with code ${child.exitCode}`
}

function endsWithin(child: ChildProcess, ms: number): Promise<boolean> {
  if (hasEnded(child)) return Promise.resolve(true)
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), ms)
    child.once('exit', () => {
      clearTimeout(timer)
      resolve(true)
    })
  })
}

function killGroup(pid: number): void {
  signalGroup(pid, 'SIGKILL')
}

function rotate(file: string): void {
  if (existsSync(file) && statSync(file).size > LOG_LIMIT_BYTES) renameSync(file, `${file}.1`)
}

function lastLines(file: string, count: number): string {
  if (!existsSync(file)) return '(no log)'
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-count).join('\n')
}
