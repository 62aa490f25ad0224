/**
 * What must be made before the product can run: the Prisma client, the worker's workflow bundle, the web pages. Turbo makes only what
 * changed since (it compares the content of all inputs); when nothing did, it costs some tenths of a second.
 */
import { spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { repository } from './home.ts'
import { StackError } from './stack-error.ts'

export interface BuildOptions {
  logDirectory: string
  /** Workspaces to build with all that they depend on. */
  workspaces?: string[]
  /** Told each workspace that is built anew. */
  onBuilding?: (workspace: string) => void
  signal?: AbortSignal
}

/**
 * Builds what changed; resolves to the workspaces that were built.
 *
 * @throws StackError `build-failed` with the end of the log.
 */
export async function build(options: BuildOptions): Promise<string[]> {
  await mkdir(options.logDirectory, { recursive: true })
  const logFile = join(options.logDirectory, 'build.log')
  const log = createWriteStream(logFile)
  const turbo = join(repository, 'node_modules', '.bin', 'turbo')
  const filters = (options.workspaces ?? ['@tenon/web', '@tenon/worker']).map((name) => `--filter=${name}...`)
  const child = spawn(turbo, ['run', 'build', '--output-logs=new-only', '--no-color', ...filters], {
    cwd: repository,
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1', NEXT_TELEMETRY_DISABLED: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
    signal: options.signal,
  })
  const built: string[] = []
  const lines: string[] = []
  const read = async (stream: NodeJS.ReadableStream): Promise<void> => {
    for await (const line of createInterface({ input: stream })) {
      log.write(`${line}\n`)
      lines.push(line)
      const workspace = /^(\S+):build: cache miss, executing/.exec(line)?.[1]
      if (workspace) built.push(workspace)
      if (workspace) options.onBuilding?.(workspace)
    }
  }
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
    Promise.all([read(child.stdout), read(child.stderr)]).catch(reject)
  })
  log.end()
  if (code !== 0) {
    throw new StackError(
      'build-failed',
      `The build ended with code ${code}. The end of its log:\n${lines.slice(-25).join('\n')}`,
      `Read ${logFile}. If you changed nothing, remove node_modules and start again.`,
    )
  }
  return built
}
