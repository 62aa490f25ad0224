/** The conformance part of the data bench: the same questions of every kind of source, on real servers, held against the facts. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import * as z from 'zod'
import { root } from '../run-program.ts'
import type { BenchOptions, Measured } from './bench.ts'

const report = z.object({
  conformance_cases: z.number(),
  conformance_failed: z.number(),
  sources: z.array(z.object({ name: z.string(), cases: z.number(), failed: z.number(), seconds: z.number() })),
})

export async function measureConformance({ say }: BenchOptions): Promise<Measured> {
  const { conformance_cases, conformance_failed, sources } = await runSuite(say)
  const each = sources.map(
    ({ name, cases, failed, seconds }) => `${name} ${cases - failed} of ${cases} in ${seconds} s`,
  )
  return { figures: { conformance_cases, conformance_failed }, notes: [`Conformance: ${each.join(', ')}.`] }
}

/** In a process of its own: it starts servers, and is a program that people run alone, too. */
async function runSuite(say: (line: string) => void): Promise<z.infer<typeof report>> {
  const child = spawn(process.execPath, [join(root, 'packages/data/test/conformance/run-conformance.ts')], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let answer = ''
  child.stdout.on('data', (chunk: Buffer) => (answer += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => {
    for (const line of chunk.toString().trim().split('\n')) say(line)
  })
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  const last = answer.trim().split('\n').at(-1) ?? ''
  // With failures it ends with 1 and says which; without an answer it could not run.
  if (!last.startsWith('{')) throw new Error(`the suite ended with code ${code} and no figures`)
  return report.parse(JSON.parse(last))
}
