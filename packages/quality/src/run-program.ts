/** Runs a program to its end, within a bound. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The repository's root, without a slash at the end. */
export const root = fileURLToPath(new URL('../../..', import.meta.url)).replace(/[/\\]$/, '')

export interface Ended {
  /** Null when it was ended by a signal or by its time limit. */
  code: number | null
  /** Standard output alone: some programs write a document there. */
  output: string
  /** Both streams as they came. */
  talk: string
}

export interface ProgramOptions {
  timeoutMs: number
  env?: Record<string, string>
  /** Given each piece of output as it comes. */
  onOutput?: (text: string) => void
}

/** @param program a path, or a name on PATH. @throws Error when it cannot be started. */
export function runProgram(program: string, args: string[], options: ProgramOptions): Promise<Ended> {
  return new Promise((resolve, reject) => {
    // A group of its own: what it started ends with it when it takes too long.
    const child = spawn(program, args, {
      cwd: root,
      env: { ...process.env, FORCE_COLOR: '0', NO_COLOR: '1', ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
    })
    let [output, talk] = ['', '']
    const take = (text: string): void => {
      talk += text
      options.onOutput?.(text)
    }
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text
      take(text)
    })
    child.stderr.setEncoding('utf8').on('data', take)
    const kill = (): void => {
      if (child.pid === undefined) return
      try {
        process.kill(process.platform === 'win32' ? child.pid : -child.pid, 'SIGKILL')
      } catch {
        // Gone already.
        return
      }
    }
    const timer = setTimeout(() => {
      take(`\nIt took longer than ${options.timeoutMs / 1000} s and was ended.\n`)
      kill()
    }, options.timeoutMs)
    // Ctrl-C reaches only this process's group.
    const interrupted = (): void => {
      kill()
      process.exit(130)
    }
    process.once('SIGINT', interrupted)
    process.once('SIGTERM', interrupted)
    const settle = (): void => {
      clearTimeout(timer)
      process.off('SIGINT', interrupted)
      process.off('SIGTERM', interrupted)
    }
    child.once('error', (error) => {
      settle()
      reject(error)
    })
    child.once('close', (code) => {
      settle()
      resolve({ code, output, talk })
    })
  })
}

/** A program of an npm package. */
export function npmProgram(name: string): string {
  return join(root, 'node_modules', '.bin', name)
}
