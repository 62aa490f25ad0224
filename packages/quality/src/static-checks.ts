/** The checks that read the tree and run nothing of it. Each says how many things it looked at. */
import { findCycles } from './cycles.ts'
import { checkDirections } from './directions.ts'
import { readModuleGraph } from './module-graph.ts'
import { type Ended, npmProgram, root, runProgram } from './run-program.ts'
import { checked, type StageResult } from './stage.ts'

const BOUND = { timeoutMs: 300_000 }

export async function checkFormat(): Promise<StageResult> {
  const ended = await runProgram(npmProgram('oxfmt'), ['--check', '.'], BOUND)
  const unformatted = [...ended.talk.matchAll(/^(\S+) \(\d+ms\)$/gm)].map(
    ([, file]) => `${file} is not formatted: run npm run fix`,
  )
  return checked(countOf(/ on ([\d,]+) files/, ended), 'files', orFailure(ended, unformatted))
}

export async function checkLint(): Promise<StageResult> {
  const ended = await runProgram(npmProgram('oxlint'), ['--type-aware', '--deny-warnings', '--format=unix'], BOUND)
  const found = ended.talk.split('\n').filter((line) => /^\S+:\d+:\d+: /.test(line))
  const looked = await runProgram(npmProgram('oxlint'), ['--type-aware', '--silent'], BOUND)
  return checked(countOf(/ on ([\d,]+) files/, looked), 'files', orFailure(ended, found))
}

/** The compiler itself fails when a project has no files. */
export async function checkTypes(): Promise<StageResult> {
  const projects = ['tsconfig.json', 'apps/web/tsconfig.json']
  const check = (project: string): Promise<Ended> =>
    runProgram(npmProgram('tsc'), ['--noEmit', '--pretty', 'false', '--listFiles', '-p', project], BOUND)
  const ended = await Promise.all(projects.map(check))
  const isOurs = (line: string): boolean => line.startsWith(root) && !line.includes('node_modules')
  const files = new Set(ended.flatMap(({ output }) => output.split('\n').filter(isOurs)))
  const problems = ended.flatMap((one) =>
    orFailure(
      one,
      one.talk.split('\n').filter((line) => /error TS\d+/.test(line)),
    ),
  )
  return checked(files.size, 'files', problems)
}

export async function checkImportDirections(): Promise<StageResult> {
  const graph = await readModuleGraph(root)
  const broken = checkDirections(graph).map(({ file, problem }) => `${file}: ${problem}`)
  const ofNothing = graph.files.size === 0 ? [] : broken
  return { ...checked(graph.importCount, `imports of ${graph.files.size} files`, ofNothing) }
}

export async function checkCycles(): Promise<StageResult> {
  const graph = await readModuleGraph(root)
  const cycles = findCycles(graph).map((files) => `These need each other: ${files.join(', ')}`)
  return checked(graph.importCount, `imports of ${graph.files.size} files`, cycles)
}

function countOf(pattern: RegExp, { talk }: Ended): number {
  return Number(pattern.exec(talk)?.[1]?.replaceAll(',', '') ?? 0)
}

/** Problems that were understood; or, when the program failed for another reason, the end of what it said. */
function orFailure(ended: Ended, understood: string[]): string[] {
  if (ended.code === 0 || understood.length > 0) return understood
  return [`ended with code ${ended.code}:`, ...ended.talk.trim().split('\n').slice(-15)]
}
