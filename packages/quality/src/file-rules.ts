/** Rules on files that no other tool keeps. */
import { readdirSync, readFileSync } from 'node:fs'
import { glob } from 'node:fs/promises'
import { join } from 'node:path'
import { root } from './run-program.ts'
import { checked, type StageResult } from './stage.ts'

const LONGEST = 400
const MOST_ROOT_ENTRIES = 15
const IGNORED = /(^|\/)(node_modules|dist|generated|\.next|\.git|\.turbo|\.data|test-results|playwright-report)(\/|$)/
const TEXT = /\.(ts|tsx|mts|mjs|js|json|css|md|ya?ml|prisma|sql|sh|toml)$/
const CODE = /\.(ts|tsx|mts|mjs|css)$/
/** Written by a tool, not by people. */
const GENERATED = /^package-lock\.json$|^prisma\/migrations\//

/** Spelled in halves, so that this file keeps its own rule. */
const UNFINISHED = new RegExp(`\\b(${['TO' + 'DO', 'FIX' + 'ME', 'XX' + 'X'].join('|')})\\b`)
/** A path that is right on one machine only. */
const MACHINE_PATH = new RegExp(
  `(^|["'\`\\s(=])/(${['home/[a-z]', 'Us' + 'ers/[A-Za-z]', 'ro' + 'ot/', 'work/'].join('|')})`,
)
/** A lockfile that names hosts installs from those only. */
const REGISTRY = /"resolved": "https?:/

/** Reads every text file below `directory`. */
export async function checkFiles(directory = root): Promise<StageResult> {
  const problems: string[] = []
  const entries = rootEntries(directory)
  if (entries.length > MOST_ROOT_ENTRIES) {
    problems.push(`The root has ${entries.length} entries, more than ${MOST_ROOT_ENTRIES}: ${entries.join(', ')}`)
  }
  let count = 0
  for await (const found of glob('**/*', { cwd: directory, exclude: (name) => IGNORED.test(name) })) {
    const path = found.replaceAll('\\', '/')
    if (IGNORED.test(path) || !TEXT.test(path)) continue
    count++
    problems.push(...judgeFile(path, readFileSync(join(directory, path), 'utf8')))
  }
  return checked(count, 'files', problems)
}

/** What breaks a rule in one file, each with its line. */
export function judgeFile(path: string, text: string): string[] {
  const problems: string[] = []
  const lines = text.replace(/\n$/, '').split('\n')
  if (CODE.test(path) && !GENERATED.test(path) && lines.length > LONGEST) {
    problems.push(`${path} has ${lines.length} lines, more than ${LONGEST}: which second idea does it hold?`)
  }
  for (const [index, line] of lines.entries()) {
    const at = `${path}:${index + 1}`
    if (path === 'package-lock.json') {
      if (REGISTRY.test(line)) problems.push(`${at}: names a registry; keep omit-lockfile-registry-resolved in .npmrc`)
      continue
    }
    if (UNFINISHED.test(line)) problems.push(`${at}: unfinished work is marked here`)
    if (MACHINE_PATH.test(line)) problems.push(`${at}: a path of one machine`)
  }
  return problems
}

/** What a visitor of the repository reads: neither hidden settings of tools nor ignored folders. */
function rootEntries(directory: string): string[] {
  const ignored = readFileSync(join(directory, '.gitignore'), 'utf8')
    .split('\n')
    .map((line) => line.replaceAll('/', ''))
  return readdirSync(directory).filter((name) => !name.startsWith('.') && !ignored.includes(name))
}
