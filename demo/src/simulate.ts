/** Simulates the shop's metrics over past time, exactly as the live hosts would have been scraped. */
import type { ActiveFault } from './conditions.ts'
import { conditionsUnder } from './conditions.ts'
import { describeFault } from './fault-kinds.ts'
import { openColumns, type SimulatedSeries } from './simulated-series.ts'
import { createFlow } from './simulated-flow.ts'
import { seededRandom } from './random.ts'

export type { SimulatedSeries } from './simulated-series.ts'

/** A fault in simulated time; `from` and `to` are unix milliseconds, severity is the kind's own when left out. */
export interface SimulatedFault extends Omit<ActiveFault, 'severity'> {
  from: number
  to: number
  severity?: number
}

export interface SimulateOptions {
  /** Unix milliseconds. The first sample is at `from + stepSeconds`. */
  from: number
  to: number
  stepSeconds: number
  seed: number
  faults?: readonly SimulatedFault[]
}

export interface Simulated {
  /** Unix milliseconds, ascending; one a sample. */
  timestamps: Float64Array
  series: SimulatedSeries[]
}

/**
 * Simulates once. Counters begin at 0; equal options give equal numbers.
 *
 * @example simulate({ from, to, stepSeconds: 60, seed: 1, faults: [{ kind: 'source-drop', from: onset, to, severity: 0.4 }] })
 */
export function simulate(options: SimulateOptions): Simulated {
  return createSimulator(options).run(options)
}

export interface Simulator {
  /** Goes on from where the last call ended: counters keep counting. */
  run(span: { from: number; to: number; stepSeconds: number }): Simulated
}

/** A simulator that can be asked piece by piece, so that two weeks need the memory of one piece. */
export function createSimulator(options: { seed: number; faults?: readonly SimulatedFault[] }): Simulator {
  const flow = createFlow(seededRandom(options.seed))
  const faults = options.faults ?? []
  return {
    run({ from, to, stepSeconds }) {
      const steps = Math.max(0, Math.floor((to - from) / (stepSeconds * 1000)))
      const timestamps = Float64Array.from({ length: steps }, (_, index) => from + (index + 1) * stepSeconds * 1000)
      const columns = openColumns(steps)
      // Not yet known: the last piece may have ended under other faults.
      let activeKey: string | null = null
      let conditions = conditionsUnder([])
      for (let step = 0; step < steps; step++) {
        const middle = timestamps[step]! - stepSeconds * 500
        const active = faults.filter((fault) => fault.from <= middle && middle < fault.to)
        const key = active.map((fault) => faults.indexOf(fault)).join()
        if (key !== activeKey) {
          activeKey = key
          conditions = conditionsUnder(active.map(withSeverity))
          flow.under(conditions)
        }
        flow.advance(middle, stepSeconds)
        flow.sample(columns, step)
      }
      return { timestamps, series: columns.all() }
    },
  }
}

function withSeverity(fault: SimulatedFault): ActiveFault {
  const severity = fault.severity ?? describeFault(fault.kind).defaultSeverity
  const { kind, from: since, hosts } = fault
  return { kind, severity, since, ...(hosts ? { hosts } : {}) }
}
