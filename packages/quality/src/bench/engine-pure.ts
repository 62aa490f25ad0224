/** What needs no servers: compiling, and whether interpreter, reference model and exported code agree. */
import { catalogue } from '@tenon/activities'
import { compileRunbook } from '@tenon/runbook'
import { exportDifferences } from '@tenon/runbook/export-check'
import { fuzzDifferences } from '@tenon/runbook/fuzz'
import { layered } from './engine-runbooks.ts'
import { percentile } from './percentile.ts'

/** Until the code is as quick as it gets: in a server it has compiled many documents before. */
const warmUpMs = 3_000

/** Milliseconds from a text to its plan: the median of so many, after a warm-up. @throws Error when it does not compile. */
export function compileMs(nodes: number, repeats = 9): number | null {
  const source = layered('large', nodes)
  const warm = performance.now() + warmUpMs
  while (performance.now() < warm) compile(source)
  return percentile(
    Array.from({ length: repeats }, () => compile(source)),
    0.5,
  )
}

function compile(source: string): number {
  const began = performance.now()
  const compiled = compileRunbook(source, catalogue)
  const took = performance.now() - began
  if (compiled.ok) return took
  const problems = compiled.problems.map(({ message }) => message)
  throw new Error(problems.slice(0, 3).join(' '))
}

export interface Agreement {
  graphs: number
  differences: number
}

export function fuzz(count: number, seed: number): Agreement {
  const { graphs, differences } = fuzzDifferences(count, seed)
  return { graphs, differences: differences.length }
}

export async function exported(count: number, seed: number): Promise<Agreement> {
  const { graphs, differences } = await exportDifferences(count, seed)
  return { graphs, differences: differences.length }
}
