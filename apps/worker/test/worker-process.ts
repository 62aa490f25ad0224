/** A whole worker as its own process, as `npm start` runs it, so that tests can kill it as a machine does. */
import { spawn, type ChildProcess } from 'node:child_process'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const source = (file: string): string => fileURLToPath(new URL(`../src/${file}`, import.meta.url))
const demoModel = fileURLToPath(new URL('../../../demo/model', import.meta.url))

export interface WorkerProcess {
  /** `kill -9`: no handler runs, nothing is flushed. Resolves when the process is gone. */
  kill(): Promise<void>
  /** SIGTERM; resolves to its exit code. */
  stop(): Promise<number | null>
  isAlive(): boolean
  /** What it printed so far, for failing tests. */
  log(): string
}

/** Starts a worker and waits until it takes work. Whoever takes its port before it does, as tests beside this one may, is given way to. */
export async function startWorkerProcess(environment: Record<string, string>): Promise<WorkerProcess> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await startOnce(environment)
    } catch (error) {
      if (tries === 3 || !String(error).includes('EADDRINUSE')) throw error
    }
  }
}

async function startOnce(environment: Record<string, string>): Promise<WorkerProcess> {
  const port = await freePort()
  const child = spawn(process.execPath, ['--require', source('no-promise-stacks.cjs'), source('main.ts')], {
    env: {
      ...process.env,
      TENON_MODEL_DIR: demoModel,
      ...environment,
      TENON_WORKER_PORT: String(port),
      TENON_PARENT: String(process.pid),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let printed = ''
  const note = (chunk: Buffer): void => void (printed = (printed + chunk.toString()).slice(-20_000))
  child.stdout.on('data', note)
  child.stderr.on('data', note)
  await untilReady(port, child, () => printed)
  return {
    async kill() {
      if (hasEnded(child)) return
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
    async stop() {
      if (hasEnded(child)) return child.exitCode
      child.kill('SIGTERM')
      await once(child, 'exit')
      return child.exitCode
    },
    isAlive: () => !hasEnded(child),
    log: () => printed,
  }
}

async function untilReady(port: number, child: ChildProcess, log: () => string): Promise<void> {
  for (;;) {
    if (hasEnded(child)) throw new Error(`The worker ended with code ${child.exitCode}:\n${log()}`)
    const answer = await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => null)
    await answer?.body?.cancel()
    if (answer?.ok) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  if (address === null || typeof address === 'string') throw new Error('The system gave no port.')
  return address.port
}
