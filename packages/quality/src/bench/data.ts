/** Data services: discovery, search, the planner, dynamic compute and the conformance of sources, one part a file. */
import type { Bench, BenchOptions, Measured } from './bench.ts'
import { computePart } from './data-compute.ts'
import { measureConformance } from './data-conformance.ts'
import { measureDiscovery } from './data-discovery.ts'
import { measureSearch } from './data-search.ts'
import { measurePlanner } from './data-planner.ts'

/** Measures some of the figures; says why when it cannot measure one. */
type Part = (options: BenchOptions) => Promise<Measured>

/** One after another: they share two cores. A part that fails leaves the figures of the others standing. */
const parts: { name: string; measure: Part }[] = [
  { name: 'dynamic compute', measure: computePart },
  { name: 'planner', measure: measurePlanner },
  { name: 'discovery', measure: measureDiscovery },
  { name: 'search and SDK', measure: measureSearch },
  { name: 'conformance', measure: measureConformance },
]

export const dataBench: Bench = {
  name: 'data',
  figures: [
    'services',
    'first_generation_s',
    'increment_s',
    'search_p95_ms',
    'sdk_typecheck_s',
    'planner_overhead_p50_ms',
    'diagnosis_fetch_ratio',
    'compute_10m_lines_s',
    'compute_peak_mb',
    'conformance_cases',
    'conformance_failed',
  ],
  async run(options) {
    const figures: Measured['figures'] = {}
    const notes: string[] = []
    for (const { name, measure } of parts) {
      options.say(`${name} …`)
      try {
        const measured = await measure(options)
        Object.assign(figures, measured.figures)
        notes.push(...measured.notes)
      } catch (error) {
        notes.push(`${name} ended early: ${error instanceof Error ? error.message : String(error)}`)
      }
    }
    return { figures, notes }
  },
}
