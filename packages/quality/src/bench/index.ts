/** `npm run bench -- NAME [--json] [--full]`: starts what it needs, measures, stops, and prints. See docs/bench.md. */
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { actionsBench } from './actions.ts'
import { analysisBench } from './analysis.ts'
import type { Bench, Measured } from './bench.ts'
import { dataBench } from './data.ts'
import { diagnoseBench } from './diagnose.ts'
import { engineBench } from './engine.ts'
import { resumeBench } from './resume.ts'
import { startBench } from './start.ts'

const benches: Bench[] = [startBench, diagnoseBench, engineBench, resumeBench, dataBench, analysisBench, actionsBench]

/** Runs one; resolves to the exit code: 1 when a figure could not be measured. */
export async function bench(args: string[]): Promise<number> {
  const { positionals, values, problem } = readArguments(args)
  if (problem !== null) {
    console.error(`✗ ${problem}`)
    return 1
  }
  const [name] = positionals
  const found = benches.find((one) => one.name === name)
  if (!found) {
    console.error(`✗ ${name === undefined ? 'Name a bench' : `There is no bench "${name}"`}: ${names()}.`)
    return 1
  }
  const began = performance.now()
  // Standard output is the result alone, so that a program can read it.
  const say = (line: string): void => console.error(`  ${line}`)
  const { full = false, data, out, part } = values
  const counts = {
    ...(values.actions === undefined ? {} : { actions: Number(values.actions) }),
    ...(values.faults === undefined ? {} : { faults: Number(values.faults) }),
    ...(values.seed === undefined ? {} : { seed: Number(values.seed) }),
  }
  const wrong = Object.entries(counts).find(([, count]) => !Number.isSafeInteger(count) || count < 0)
  if (wrong) {
    console.error(`✗ --${wrong[0]} is no whole number from 0 on.`)
    return 1
  }
  const options = {
    full,
    say,
    ...counts,
    ...(data === undefined ? {} : { data }),
    ...(out === undefined ? {} : { out }),
    ...(part === undefined ? {} : { part }),
  }
  const measured = await found.run(options).catch((error: unknown): Measured => {
    const why = error instanceof Error ? error.message : String(error)
    return { figures: {}, notes: [`The bench ended early: ${why}`] }
  })
  const figures = Object.fromEntries(found.figures.map((figure) => [figure, measured.figures[figure] ?? null]))
  const missing = (measured.asked ?? found.figures).filter((figure) => figures[figure] === null)
  const notes = [...measured.notes, ...missing.map((figure) => `${figure} could not be measured.`)]
  print(figures, notes)
  say(`${found.name}: ${((performance.now() - began) / 1000).toFixed(0)} s`)
  if (values.json) {
    const machine = { cores: cpus().length, node: process.versions.node }
    console.log(JSON.stringify({ bench: found.name, at: new Date().toISOString(), machine, figures, notes }))
  }
  return missing.length === 0 ? 0 : 1
}

function readArguments(args: string[]) {
  const options = {
    full: { type: 'boolean' },
    json: { type: 'boolean' },
    data: { type: 'string' },
    out: { type: 'string' },
    part: { type: 'string' },
    actions: { type: 'string' },
    faults: { type: 'string' },
    seed: { type: 'string' },
  } as const
  try {
    return { ...parseArgs({ args, options, allowPositionals: true }), problem: null }
  } catch (error) {
    return { positionals: [], values: {}, problem: error instanceof Error ? error.message : String(error) }
  }
}

function print(figures: Record<string, number | null>, notes: string[]): void {
  const width = Math.max(...Object.keys(figures).map((name) => name.length))
  for (const [name, value] of Object.entries(figures)) console.log(`${name.padEnd(width)}  ${value ?? 'not measured'}`)
  for (const note of notes) console.log(`- ${note}`)
}

function names(): string {
  return benches.map((one) => one.name).join(', ')
}
