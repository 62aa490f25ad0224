/** `npm test`: everything that must hold, in order. The last line is `N passed, N failed`. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { runBrowserTests } from './browser-tests.ts'
import { checkDeadCode } from './dead-code.ts'
import { checkFiles } from './file-rules.ts'
import { buildAll, generateCode, getTools } from './prepare.ts'
import { root } from './run-program.ts'
import type { Stage, StageResult } from './stage.ts'
import { checkCycles, checkFormat, checkImportDirections, checkLint, checkTypes } from './static-checks.ts'
import { runVitest } from './vitest-run.ts'

const say = (line: string): void => console.log(`  ${line}`)
const UNIT = { project: 'unit', timeoutMs: 300_000 } as const
const INTEGRATION = { project: 'integration', timeoutMs: 600_000 } as const

const tools: Stage = { name: 'tools', title: 'Tools', run: () => getTools(say) }
const generate: Stage = { name: 'generate', title: 'Generated code', run: generateCode }
const build: Stage = { name: 'build', title: 'Build', run: buildAll }

const stages: Stage[] = [
  tools,
  generate,
  { name: 'format', title: 'Format', run: checkFormat },
  { name: 'lint', title: 'Lint', run: checkLint },
  { name: 'types', title: 'Types', run: checkTypes },
  { name: 'directions', title: 'Import directions', run: checkImportDirections },
  { name: 'cycles', title: 'Import cycles', run: checkCycles },
  { name: 'dead-code', title: 'Dead code', run: checkDeadCode },
  { name: 'files', title: 'File rules', run: () => checkFiles() },
  { name: 'unit', title: 'Unit tests', run: () => runVitest(UNIT) },
  { name: 'integration', title: 'Integration tests', run: () => runVitest(INTEGRATION) },
  build,
  { name: 'e2e', title: 'Browser tests', run: () => runBrowserTests() },
]

/** What other stages stand on, run first when such a one is asked for alone. */
const NEEDS: Record<string, Stage[]> = {
  lint: [generate],
  types: [generate],
  'dead-code': [generate],
  unit: [generate],
  integration: [tools, generate],
  e2e: [tools, build],
}

/** Runs all stages, the named ones, or the tests below given paths; resolves to the exit code. */
export async function runTests(args: string[]): Promise<number> {
  const chosen = choose(args)
  if (typeof chosen === 'string') {
    console.error(`✗ ${chosen}`)
    return finish(0, 1)
  }
  let [passed, failed] = [0, 0]
  for (const stage of chosen) {
    const began = performance.now()
    const result = await stage.run().catch(thrown)
    passed += result.passed
    failed += result.failed
    const seconds = `${((performance.now() - began) / 1000).toFixed(1)} s`
    const mark = result.failed === 0 ? '✓' : '✗'
    const counts = result.failed === 0 ? '' : `, ${result.failed} failed`
    console.log(`${mark} ${stage.title.padEnd(18)} ${seconds.padStart(8)}  (${result.detail}${counts})`)
    for (const problem of result.problems) console.log(`    ${problem}`)
  }
  return finish(passed, failed)
}

/** The stages to run, or what is wrong with the arguments. */
export function choose(args: string[]): Stage[] | string {
  const wanted = args.filter((arg) => !arg.startsWith('-'))
  if (wanted.length === 0) return stages
  const chosen = new Set<Stage>()
  const paths: string[] = []
  for (const name of wanted) {
    const stage = stages.find((one) => one.name === name)
    if (stage) for (const one of [...(NEEDS[stage.name] ?? []), stage]) chosen.add(one)
    else if (existsSync(join(root, name)) || /\.(test|spec)\.tsx?$/.test(name)) paths.push(name)
    else return `"${name}" is neither a path nor one of ${stages.map((one) => one.name).join(', ')}.`
  }
  if (paths.length > 0) for (const stage of pathStages(paths)) chosen.add(stage)
  return [...chosen]
}

function pathStages(paths: string[]): Stage[] {
  const inBrowser = paths.filter((path) => path.startsWith('e2e'))
  const others = paths.filter((path) => !path.startsWith('e2e'))
  const result: Stage[] = []
  if (others.length > 0) {
    result.push(tools, generate, { name: 'path', title: 'Tests', run: () => runPaths(others) })
  }
  if (inBrowser.length > 0) {
    result.push(tools, build, { name: 'path', title: 'Browser tests', run: () => runBrowserTests(inBrowser) })
  }
  return result
}

/** A path may hold tests of both kinds: having none of one is no failure. */
async function runPaths(filters: string[]): Promise<StageResult> {
  return runVitest({ project: 'any', filters, timeoutMs: INTEGRATION.timeoutMs })
}

function thrown(error: unknown): StageResult {
  const problems = [error instanceof Error ? (error.stack ?? error.message) : String(error)]
  return { passed: 0, failed: 1, detail: 'the stage itself failed', problems }
}

/** Exactly the line that CI reads; nothing may follow it. */
function finish(passed: number, failed: number): number {
  console.log(`${passed} passed, ${failed} failed`)
  return failed > 0 || passed === 0 ? 1 : 0
}
