/** How fast runs are, over the API of a server as `npm start` runs it; and how sure it is that all ways to run a plan are one. */
import type { Bench, BenchOptions, Measured } from './bench.ts'
import { measureFlips, p95 } from './engine-flips.ts'
import { callRunbook, inTurn, medianOf3, runsPerSecond, type TimedRun } from './engine-load.ts'
import { compileMs, exported, fuzz } from './engine-pure.ts'
import { oneWrite, tenComputes, tenReads } from './engine-runbooks.ts'
import { hookMs, openEngineWorld, queryMs, type EngineWorld } from './engine-world.ts'
import { percentile, rounded } from './percentile.ts'

type Figures = Record<string, number | null>

export const engineBench: Bench = {
  name: 'engine',
  figures: [
    'compute10_p50_ms',
    'compute10_p95_ms',
    'compute10_runs_per_s',
    'express10_p50_ms',
    'express10_runs_per_s',
    'reads10_sequential_p50_ms',
    'fanout10_p50_ms',
    'fanout10_p95_ms',
    'write_hop_ms',
    'publish_p95_ms',
    'rollback_p95_ms',
    'flip_failed_calls',
    'compile500_ms',
    'compile2000_ms',
    'fuzz_graphs',
    'fuzz_differences',
    'export_graphs',
    'export_differences',
  ],
  async run(options) {
    const figures: Figures = {}
    const notes = [
      'Durable: PostgreSQL with its own fsync settings, Temporal on an SQLite file with a write-ahead log, both on the local disk; every run is in both. Express runs: in PostgreSQL when the caller is answered.',
      'Web server, worker, both databases and the callers share this machine. Medians of 3, over HTTP with kept connections, `?wait=30`.',
      `A read is "Is it abnormal?", which asks its source (HTTP on loopback, ${queryMs} ms an answer) in two turns of a few queries each; each of ten reads has a source of its own. reads10_sequential and write_hop leave out the time in which the target was being asked; fanout10 does not. The write is "Notify" by a webhook of ${hookMs} ms, over the same run without it.`,
    ]
    const attempt = attempts(figures, notes, options)
    await overApi(options, attempt, notes)
    await attempt('compile', async () => ({ compile500_ms: compileMs(500), compile2000_ms: compileMs(2_000) }))
    await attempt('fuzz', async () => {
      const seed = Date.now() % 1_000_000
      notes.push(`Fuzz seeds from ${seed} on.`)
      const [model, code] = [
        fuzz(options.full ? 100_000 : 20_000, seed),
        await exported(options.full ? 2_000 : 500, seed),
      ]
      return {
        fuzz_graphs: model.graphs,
        fuzz_differences: model.differences,
        export_graphs: code.graphs,
        export_differences: code.differences,
      }
    })
    return {
      figures: Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, rounded(value, 2)])),
      notes,
    }
  },
}

type Attempt = (what: string, measure: () => Promise<Figures>) => Promise<void>

/** A part that fails leaves its figures null, with a note, and the others go on. */
function attempts(figures: Figures, notes: Measured['notes'], { say }: BenchOptions): Attempt {
  return async (what, measure) => {
    try {
      const found = await measure()
      Object.assign(figures, found)
      say(
        `${what}: ${Object.entries(found)
          .map(([name, value]) => `${name} ${rounded(value, 2)}`)
          .join(', ')}`,
      )
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      say(`${what}: ${why}`)
      notes.push(`${what}: ${why}`)
    }
  }
}

async function overApi(options: BenchOptions, attempt: Attempt, notes: string[]): Promise<void> {
  const scale = options.full ? 3 : 1
  const world = await openEngineWorld(options.say)
  try {
    await attempt('compute', () => computeFigures(world, scale))
    await attempt('express', () => expressFigures(world, scale))
    await attempt('reads', () => readFigures(world, scale))
    await attempt('write', () => writeFigures(world, scale))
    await attempt('flips', async () => {
      const found = await measureFlips(world, 100)
      notes.push(
        `${found.calls} calls while ${found.publishMs.length + found.rollbackMs.length} flips were made; ${found.stale} were stale.`,
      )
      if (found.failed[0]) notes.push(`The first call that failed: ${found.failed[0]}`)
      return {
        publish_p95_ms: p95(found.publishMs),
        rollback_p95_ms: p95(found.rollbackMs),
        flip_failed_calls: found.failed.length + found.stale,
      }
    })
  } finally {
    await world.close()
  }
}

const totals = (runs: TimedRun[]): number[] => runs.map(({ milliseconds }) => milliseconds)
const overTarget = (runs: TimedRun[]): number[] => runs.map(({ milliseconds, targetMs }) => milliseconds - targetMs)

async function computeFigures(world: EngineWorld, scale: number): Promise<Figures> {
  await world.put('compute10', tenComputes('compute10'))
  await inTurn(world, 'compute10', 60)
  return medianOf3(async () => {
    const runs = totals(await inTurn(world, 'compute10', 100 * scale))
    return {
      compute10_p50_ms: percentile(runs, 0.5),
      compute10_p95_ms: percentile(runs, 0.95),
      compute10_runs_per_s: await runsPerSecond(world, 'compute10', { callers: 16, seconds: 5 * scale }),
    }
  })
}

async function expressFigures(world: EngineWorld, scale: number): Promise<Figures> {
  await world.put('express10', tenComputes('express10', { express: true }))
  await inTurn(world, 'express10', 300)
  const found = await medianOf3(async () => ({
    express10_p50_ms: percentile(totals(await inTurn(world, 'express10', 500 * scale)), 0.5),
    express10_runs_per_s: await runsPerSecond(world, 'express10', { callers: 16, seconds: 5 * scale }),
  }))
  await assertRecorded(world)
  return found
}

/** @throws Error when an express run that was answered is not on record. */
async function assertRecorded(world: EngineWorld): Promise<void> {
  const { run } = await callRunbook(world, 'express10')
  const { status } = await world.client.call('GET', `/api/v1/runs/${run.id}`)
  if (status !== 200) throw new Error(`The express run ${run.id} is not on record (${status}).`)
}

async function readFigures(world: EngineWorld, scale: number): Promise<Figures> {
  await world.put('sequence10', tenReads('sequence10', 'sequence'))
  await world.put('fanout10', tenReads('fanout10', 'parallel'))
  await inTurn(world, 'fanout10', 30)
  await inTurn(world, 'sequence10', 2)
  return medianOf3(async () => {
    const fanned = totals(await inTurn(world, 'fanout10', 20 * scale))
    const sequence = overTarget(await inTurn(world, 'sequence10', 5 * scale))
    return {
      reads10_sequential_p50_ms: percentile(sequence, 0.5),
      fanout10_p50_ms: percentile(fanned, 0.5),
      fanout10_p95_ms: percentile(fanned, 0.95),
    }
  })
}

async function writeFigures(world: EngineWorld, scale: number): Promise<Figures> {
  await world.put('hop', oneWrite('hop', { write: true }))
  await world.put('no-hop', oneWrite('no-hop', { write: false }))
  await inTurn(world, 'hop', 10)
  await inTurn(world, 'no-hop', 10)
  return medianOf3(async () => {
    const [hop, without] = [
      percentile(overTarget(await inTurn(world, 'hop', 40 * scale)), 0.5),
      percentile(totals(await inTurn(world, 'no-hop', 40 * scale)), 0.5),
    ]
    return { write_hop_ms: hop === null || without === null ? null : hop - without }
  })
}
