/**
 * DuckDB in a child process: a query that takes all memory, never ends or breaks the engine ends with its child, and the process that asked goes
 * on. The child has no environment, reads only the files that it is told, and is killed at its deadline.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, realpathSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, constants, setPriority, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { DataError } from '../data-error.ts'
import { fromChild, type Cell, type FromChild, type Parameter, type ToChild } from './messages.ts'

export interface DuckDbLimits {
  /** From the start of the child to its last answer; then it is killed. */
  seconds: number
  memoryMegabytes?: number
  temporaryMegabytes?: number
}

export interface DuckDbRows {
  columns: { name: string; type: string }[]
  rows: Cell[][]
  /** There were more than were asked for. */
  isCut: boolean
  /** What the child took at most, all in all. */
  peakMegabytes: number
}

export interface DuckDbSession {
  /** @throws DataError `query-too-large` at its limits, `bad-query` when DuckDB refuses it; the signal's reason when aborted */
  query(text: string, parameters: readonly Parameter[], options: { maximumRows: number }): Promise<DuckDbRows>
}

/** Children at a time in one process: each may take half a gigabyte and all processors. */
const mostChildren = 2
let running = 0
const waiting: (() => void)[] = []

/**
 * Runs `work` with a child of its own that may read `files` (real paths), and ends the child whatever happens.
 */
export async function withDuckDb<T>(
  options: { files: readonly string[]; limits: DuckDbLimits; signal?: AbortSignal },
  work: (session: DuckDbSession) => Promise<T>,
): Promise<T> {
  const { limits, signal } = options
  const deadline = AbortSignal.timeout(limits.seconds * 1000)
  const stop = signal ? AbortSignal.any([signal, deadline]) : deadline
  const reason = () => (signal?.aborted ? signal.reason : tooSlow(limits.seconds))
  await turn(stop, reason)
  try {
    const temporaryFolder = await mkdtemp(join(tmpdir(), 'tenon-duckdb-'))
    try {
      return await inChild({ ...options, stop, reason, temporaryFolder }, work)
    } finally {
      await rm(temporaryFolder, { recursive: true, force: true })
    }
  } finally {
    running -= 1
    waiting.shift()?.()
  }
}

async function inChild<T>(
  given: {
    files: readonly string[]
    limits: DuckDbLimits
    stop: AbortSignal
    reason: () => unknown
    temporaryFolder: string
  },
  work: (session: DuckDbSession) => Promise<T>,
): Promise<T> {
  const { files, limits, temporaryFolder } = given
  const child = startChild()
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => resolve())
    child.once('error', () => resolve())
  })
  try {
    const session = talkTo(child, given)
    await session.ask({
      type: 'open',
      files: [...files],
      memoryMegabytes: limits.memoryMegabytes ?? 512,
      threads: Math.min(4, availableParallelism()),
      temporaryFolder,
      temporaryMegabytes: limits.temporaryMegabytes ?? 2048,
    })
    return await work({
      async query(text, parameters, { maximumRows }) {
        const answer = await session.ask({ type: 'query', text, parameters: [...parameters], maximumRows })
        if (answer.type !== 'rows') throw broken('It answered out of turn.')
        return answer
      },
    })
  } finally {
    child.kill('SIGKILL')
    await ended
  }
}

/** Waits for a free place; the time counts. */
async function turn(stop: AbortSignal, reason: () => unknown): Promise<void> {
  while (running >= mostChildren) {
    await new Promise<void>((resolve, reject) => {
      const go = () => {
        stop.removeEventListener('abort', leave)
        resolve()
      }
      const leave = () => {
        waiting.splice(waiting.indexOf(go), 1)
        reject(reason())
      }
      waiting.push(go)
      stop.addEventListener('abort', leave, { once: true })
    })
  }
  if (stop.aborted) throw reason()
  running += 1
}

function startChild(): ChildProcess {
  const child = spawn(process.execPath, ['--max-old-space-size=256', childFile()], {
    // No secret of this process is in there.
    env: { NODE_ENV: 'production', TZ: 'UTC' },
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  // Runs and pages come before it. Where that is not allowed it runs as everything else.
  if (child.pid !== undefined) {
    try {
      setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL)
    } catch {
      return child
    }
  }
  return child
}

/** Beside this file; a bundle (the web server) has it only where the packages are installed. */
function childFile(): string {
  const beside = join(import.meta.dirname ?? '', 'child.ts')
  if (existsSync(beside)) return beside
  for (let folder = process.cwd(); ; folder = dirname(folder)) {
    const installed = join(folder, 'node_modules', '@tenon', 'data', 'src', 'duckdb', 'child.ts')
    if (existsSync(installed)) return realpathSync(installed)
    if (folder === dirname(folder)) break
  }
  throw broken('Its program is not among the installed packages.')
}

function talkTo(child: ChildProcess, { stop, reason }: { stop: AbortSignal; reason: () => unknown }) {
  return {
    /** One question at a time. */
    ask(question: ToChild): Promise<FromChild> {
      return new Promise((resolve, reject) => {
        const settle = (finish: () => void) => {
          child.off('message', answered).off('exit', gone).off('error', gone)
          stop.removeEventListener('abort', stopped)
          finish()
        }
        const answered = (received: unknown) => {
          const answer = fromChild.parse(received)
          settle(() => (answer.type === 'failed' ? reject(refusal(answer)) : resolve(answer)))
        }
        const gone = () => settle(() => reject(broken('It ended before its answer.')))
        const stopped = () => settle(() => reject(reason()))
        if (stop.aborted) return reject(reason())
        child.on('message', answered).on('exit', gone).on('error', gone)
        stop.addEventListener('abort', stopped, { once: true })
        child.send(question, (error) => {
          if (error) gone()
        })
      })
    },
  }
}

function refusal({ reason, message }: Extract<FromChild, { type: 'failed' }>): DataError {
  switch (reason) {
    case 'memory':
      return new DataError('query-too-large', `The computation took more memory or disk than it may: ${message}.`, {
        fix: 'Ask for less time or fewer files, group by fewer fields, or leave out quantiles and distinct counts.',
      })
    case 'query':
      return new DataError('bad-query', `DuckDB refused the computation: ${message}`, {
        fix: 'Check the fields, the pattern and the kinds of the values.',
      })
  }
}

const tooSlow = (seconds: number): DataError =>
  new DataError('query-too-large', `The computation did not end within ${seconds} s and was stopped.`, {
    fix: 'Ask for less time or fewer files, or allow it more seconds.',
  })

const broken = (why: string): DataError =>
  new DataError('source-unreachable', `The process that computes broke off. ${why}`, {
    fix: 'Try again; when it happens again, ask for less at a time.',
  })
