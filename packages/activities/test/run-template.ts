/** Runs a runbook of packs/incident over recorded data as a backtest does: reads really ask, with the clock of the moment; nothing is written. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { compileRunbook, parseParams, type Report, type StepResult } from '@tenon/runbook'
import { rehearse } from '@tenon/runbook/backtest'
import { findComputeNode } from '../src/compute.ts'
import { catalogue } from '../src/catalogue.ts'
import { stepErrorFrom } from '../src/step-failure.ts'
import { readContext, runNode, type World } from './run-nodes.ts'

const folder = fileURLToPath(new URL('../packs/incident', import.meta.url))

export interface TemplateRun {
  report: Report
  /** Results of the reads, by step. */
  reads: Record<string, StepResult>
  outcomes: Record<string, string>
}

export async function runTemplate(name: string, params: Record<string, unknown>, world: World): Promise<TemplateRun> {
  const compiled = compileRunbook(readFileSync(`${folder}/${name}.yaml`, 'utf8'), catalogue)
  if (!compiled.ok) throw new Error(`${name} does not compile`)
  const given = parseParams(compiled.plan.params, params)
  if (!given.ok) throw new Error(given.problems.map(({ message }) => message).join(' '))
  const reads: Record<string, StepResult> = {}
  const reports: Report[] = []
  const context = {
    runId: 'r',
    params: given.params,
    trigger: { kind: 'backtest' as const, by: 'test' },
    asOf: world.asOf,
  }
  const run = await rehearse(compiled.plan, context, {
    async read({ stepId, input }, { type }) {
      const result = await runNode(type, input, readContext(world))
      reads[stepId] = result
      return result
    },
    errorOf: (thrown) => stepErrorFrom(thrown, 'worker'),
    compute(type, version) {
      const node = findComputeNode(type, version)
      if (!node) return undefined
      return {
        ...node,
        run(call, input) {
          const result = node.run(call, input)
          if (result.report) reports.push(result.report)
          return result
        },
      }
    },
    plan: async () => null,
    signal: new AbortController().signal,
    breathe: async () => {},
  })
  const report = reports.at(-1)
  if (!report) throw new Error(`${name} ended as ${run.status} without a report: ${run.error?.message ?? ''}`)
  return { report, reads, outcomes: run.outcomes }
}
