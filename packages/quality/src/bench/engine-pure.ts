/** What needs no servers: compiling, and whether interpreter, reference model and exported code agree. */
import { catalogue } from '@tenon/activities'
import { compileRunbook } from '@tenon/runbook'
import { exportDifferences } from '@tenon/runbook/export-check'
import { fuzzDifferences } from '@tenon/runbook/fuzz'
import { layered } from './engine-runbooks.ts'
import { percentile } from './percentile.ts'

/** Milliseconds from a text to its plan: the median of so many, after a warm-up. @throws Error when it does not compile. */
export function compileMs(nodes: number, repeats = 9): number | null {
  const source = layered('large', nodes)
  const times: number[] = []
  for (let index = -10; index < repeats; index += 1) {
    const began = performance.now()
    const compiled = compileRunbook(source, catalogue)
    if (index >= 0) times.push(performance.now() - began)
    if (!compiled.ok)
      throw new Error(
        compiled.problems
          .map(({ message }) => message)
          .slice(0, 3)
          .join(' '),
      )
  }
  return percentile(times, 0.5)
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
