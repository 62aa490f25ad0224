/** How long a newcomer waits, and how much is installed: `npm start` itself, in a data folder of its own. */
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { lstat, readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as z from 'zod'
import { root } from '../run-program.ts'
import type { Bench } from './bench.ts'
import { rounded } from './percentile.ts'

const READY = /^Ready in .*: http/m
const TIMEOUT_MS = 240_000

export const startBench: Bench = {
  name: 'start',
  figures: ['cold_s', 'warm_s', 'install_mb', 'packages'],
  async run({ full, say }) {
    const home = mkdtempSync(join(tmpdir(), 'tenon-bench-'))
    const notes = [
      `cold_s: npm start in an empty data folder; packages, servers and ${full ? 'nothing of the build' : 'the build'} were there already. warm_s: the start after it.`,
    ]
    try {
      say(`First start in an empty data folder${full ? ', built anew' : ''}`)
      const cold = await timeStart(home, full ? { TURBO_FORCE: 'true' } : {})
      say(`${cold.toFixed(1)} s; second start`)
      const warm = await timeStart(home, {})
      say(`${warm.toFixed(1)} s; counting packages`)
      const figures = {
        cold_s: rounded(cold, 1),
        warm_s: rounded(warm, 1),
        install_mb: rounded((await sizeOf(join(root, 'node_modules'))) / 1e6, 0),
        packages: countPackages(),
      }
      return { figures, notes }
    } finally {
      rmSync(home, { recursive: true, force: true })
    }
  },
}

/** Seconds from the command to its last line. It is stopped as Ctrl-C would, and waited for. */
async function timeStart(home: string, env: Record<string, string>): Promise<number> {
  const began = performance.now()
  const launcher = join(root, 'packages', 'stack', 'launcher', 'launch.mjs')
  const child = spawn(process.execPath, [launcher, 'start'], {
    cwd: root,
    env: { ...process.env, TENON_HOME: home, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let talk = ''
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const ready = new Promise<number>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`not ready within ${TIMEOUT_MS / 1000} s:\n${talk}`)), TIMEOUT_MS)
    const take = (chunk: Buffer): void => {
      talk += chunk.toString()
      if (!READY.test(talk)) return
      clearTimeout(timer)
      resolve((performance.now() - began) / 1000)
    }
    child.stdout.on('data', take)
    child.stderr.on('data', take)
    child.once('error', reject)
    child.once('close', (code) => {
      clearTimeout(timer)
      reject(new Error(`npm start ended with code ${code}:\n${talk.trim()}`))
    })
  })
  try {
    return await ready
  } finally {
    child.kill('SIGINT')
    await ended
  }
}

/** Bytes on disk, links not followed. */
async function sizeOf(folder: string): Promise<number> {
  let bytes = 0
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) bytes += await sizeOf(path)
    else if (entry.isFile()) bytes += (await lstat(path)).blocks * 512
  }
  return bytes
}

/** What npm installed, our own workspaces left out. */
function countPackages(): number | null {
  const file = join(root, 'node_modules', '.package-lock.json')
  if (!existsSync(file)) return null
  const lock = z.object({ packages: z.record(z.string(), z.object({ link: z.boolean().optional() })) })
  const { packages } = lock.parse(JSON.parse(readFileSync(file, 'utf8')))
  return Object.entries(packages).filter(([path, { link }]) => path.includes('node_modules/') && !link).length
}
