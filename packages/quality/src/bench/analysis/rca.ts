import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { rankRootCauses, type FlowSeries, type FlowSymptom, type RootCauseNode } from '@tenon/analysis'
import * as z from 'zod'
import { rounded } from '../percentile.ts'
import { foldersIn } from './multidim.ts'
import type { AnalysisPart } from './part.ts'

const metrics = z.object({
  timestamps: z.array(z.number()),
  series: z.array(
    z.object({ node: z.string(), metric: z.string(), stat: z.string(), values: z.array(z.number().nullable()) }),
  ),
})
const graphFile = z.object({ nodes: z.array(z.string()), edges: z.array(z.tuple([z.string(), z.string()])) })
const caseFile = z.object({
  id: z.string(),
  target: z.object({ node: z.string(), metric: z.string() }),
  metrics,
})

/** Which node of a call graph is the root: sets laid out as a graph, a usual time and cases with the node that shows the symptom. */
export const rcaPart: AnalysisPart = {
  name: 'rca',
  figures: ['rca_petshop_ac1', 'rca_petshop_avg5'],
  async answer({ data, out, note }) {
    const sets = await foldersIn(join(data, 'rca'))
    for (const set of sets) {
      const folder = join(data, 'rca', set)
      const ranks: Record<string, string[]> = {}
      // A set has its parts (by load, say) in folders of their own, or is one itself.
      for (const part of [folder, ...(await foldersIn(folder)).map((name) => join(folder, name))]) {
        if (existsSync(join(part, 'graph.json')) && existsSync(join(part, 'cases')))
          Object.assign(ranks, await rankPart(part, note))
      }
      if (Object.keys(ranks).length === 0) {
        note(`rca/${set}: not a call graph with cases, not answered`)
        continue
      }
      await mkdir(join(out, 'rca', set), { recursive: true })
      await writeFile(join(out, 'rca', set, 'ranks.json'), JSON.stringify(ranks))
    }
    return sets.length > 0
  },
  async score({ data, out }, run) {
    const truth = join(data, 'rca', 'petshop', 'truth.json')
    const ranks = join(out, 'rca', 'petshop', 'ranks.json')
    const none = { rca_petshop_ac1: null, rca_petshop_avg5: null }
    if (!existsSync(truth) || !existsSync(ranks)) return none
    const printed = await run('rca_score.py', [truth, ranks])
    if (printed === null) return none
    const figure = (name: string) => {
      const found = new RegExp(`${name} ([0-9.]+)`).exec(printed)
      return found ? rounded(Number(found[1]), 3) : null
    }
    return { rca_petshop_ac1: figure('AC@1'), rca_petshop_avg5: figure('Avg@5') }
  },
}

async function rankPart(folder: string, note: (line: string) => void): Promise<Record<string, string[]>> {
  const usual = existsSync(join(folder, 'normal.json.gz')) ? 'normal.json.gz' : 'normal.json'
  const graph = graphFile.safeParse(await readJson(join(folder, 'graph.json')))
  const normal = metrics.safeParse(await readJson(join(folder, usual)))
  if (!graph.success || !normal.success) {
    note(`${basename(folder)}: its graph or usual time is laid out otherwise, not answered`)
    return {}
  }
  const history = flowsOf(normal.data)
  const ranks: Record<string, string[]> = {}
  for (const file of (await readdir(join(folder, 'cases'))).sort()) {
    const parsed = caseFile.safeParse(await readJson(join(folder, 'cases', file)))
    if (parsed.success) ranks[parsed.data.id] = rankCase(parsed.data, { history, graph: graph.data })
    else note(`${basename(folder)}/${file}: laid out otherwise, not answered`)
  }
  return ranks
}

function rankCase(
  { target, metrics: found }: z.infer<typeof caseFile>,
  { history, graph }: { history: ReadonlyMap<string, FlowSeries>; graph: z.infer<typeof graphFile> },
): string[] {
  const recent = flowsOf(found)
  const ids = new Set([...graph.nodes, ...history.keys(), ...recent.keys()])
  const nodes = [...ids].map((id): RootCauseNode => ({
    id,
    history: history.get(id) ?? none(history),
    recent: recent.get(id) ?? { requests: [] },
  }))
  const rank = (symptom: FlowSymptom) =>
    rankRootCauses({ target: target.node, symptom, nodes, calls: graph.edges }).ranked.map(({ id }) => id)
  const [first, second] =
    target.metric === 'latency' ? (['latency', 'errors'] as const) : (['errors', 'latency'] as const)
  const ranked = rank(first)
  // Where what is complained of was not recorded of the target, its other side may tell.
  return ranked.length > 0 ? ranked : rank(second)
}

/** A node that a whole usual time does not know had no requests in it. */
function none(history: ReadonlyMap<string, FlowSeries>): FlowSeries {
  const steps = Math.max(0, ...[...history.values()].map(({ requests }) => requests.length))
  return { requests: Array.from({ length: steps }, () => 0) }
}

function flowsOf({ series }: z.infer<typeof metrics>): Map<string, FlowSeries> {
  const flows = new Map<string, { -readonly [key in keyof FlowSeries]: FlowSeries[key] }>()
  for (const { node, metric, stat, values } of series) {
    const flow = flows.get(node) ?? { requests: [] }
    flows.set(node, flow)
    if (metric === 'requests') flow.requests = values
    if (metric === 'latency' && stat === 'Average') flow.seconds = values
    if (metric === 'availability') flow.errorShare = values.map((value) => (value === null ? null : 1 - value / 100))
  }
  return flows
}

/** Null when there is no such file. */
async function readJson(file: string): Promise<unknown> {
  if (!existsSync(file)) return null
  const bytes = await readFile(file)
  return JSON.parse((file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8'))
}
