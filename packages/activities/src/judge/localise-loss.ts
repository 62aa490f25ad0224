/** In which zone, on which hosts or in which version a step loses, compared with the hour before and with the services beside it. */
import { localise, type Cell, type Localisation } from '@tenon/analysis'
import { indexModel, type DataResult, type DataService, type Model, type ModelIndex } from '@tenon/data'
import type { EvidenceQuery } from '@tenon/runbook'
import type { LossOnset } from './loss-onset.ts'
import { eventsOver } from './mean-over.ts'
import { recentStepSeconds as stepSeconds } from './fetch-and-judge.ts'
import { successMeasures, type SuccessMeasures } from './success-measures.ts'

const minute = 60_000
const baselineMinutes = 60
/** Between the baseline and the onset: the onset may be off by so much. */
const guardMinutes = 2
const maximumControls = 8

/** How one service fares, by the values of the dimensions asked for. */
export interface ServiceCells {
  entity: string
  cells: Cell[]
}

export interface LossPlace {
  localisation: Localisation
  cells: Cell[]
  /** Services beside it: neither it nor what calls it, whose failures follow from its own. */
  controls: ServiceCells[]
  queries: EvidenceQuery[]
}

export async function localiseLoss(
  data: DataService,
  success: SuccessMeasures,
  { onset, asOf }: { onset: LossOnset; asOf: number },
): Promise<LossPlace> {
  const others = controlsOf(data.model, success)
  const [own, ...beside] = await Promise.all([
    fetchCells(data, success, { dimensions: success.dimensions, onset, asOf }),
    ...others.map((other) => fetchCells(data, other, { dimensions: zoneOnly(other), onset, asOf })),
  ])
  const controls = beside.map(({ cells }, index) => ({ entity: others[index]?.entity ?? '', cells }))
  const order = ['version', 'zone', 'host']
  const localisation = localise({
    cells: own.cells,
    dimensions: success.dimensions.toSorted((a, b) => order.indexOf(a) - order.indexOf(b)),
    controls: controls.flatMap(({ cells }) => cells),
  })
  return { localisation, cells: own.cells, controls, queries: own.queries }
}

const zoneOnly = ({ dimensions }: SuccessMeasures): string[] => dimensions.filter((dimension) => dimension === 'zone')

/** How many requests each combination of the dimensions had, and how many of them failed, since the onset and in the hour before. */
export async function fetchCells(
  data: DataService,
  { attempts, completed }: Pick<SuccessMeasures, 'attempts' | 'completed'>,
  span: { dimensions: string[]; onset: LossOnset; asOf: number },
): Promise<{ cells: Cell[]; queries: EvidenceQuery[] }> {
  const { dimensions: groupBy, asOf } = span
  // A change in the middle of a step is put at its beginning; the newest minutes are what is asked about.
  const now = { from: Math.max(Math.min(span.onset.at, asOf - 2 * minute), asOf - 60 * minute), to: asOf, stepSeconds }
  // When nobody knows when it began, the hour before may be part of it: the day before stands in.
  const begin = span.onset.isKnown ? Math.min(span.onset.at, now.from) : now.from - 24 * 60 * minute
  const before = { from: begin - baselineMinutes * minute, to: begin - guardMinutes * minute, stepSeconds }
  const query = (part: { from: number; to: number }) => ({ groupBy, from: part.from, to: part.to, stepSeconds, asOf })
  const [all, good] = await Promise.all([
    fetchBoth(data, attempts, [query(before), query(now)]),
    fetchBoth(data, completed, [query(before), query(now)]),
  ])
  const keyOf = (dimensions: Record<string, string>) => groupBy.map((one) => dimensions[one]).join('/')
  const pointsOf = (results: DataResult[]) =>
    Map.groupBy(
      results.flatMap(({ series }) => series),
      ({ dimensions }) => keyOf(dimensions),
    )
  const completedBy = pointsOf(good)
  const cells = [...pointsOf(all)].map(([key, parts]): Cell => {
    const dimensions = parts[0]?.dimensions ?? {}
    const points = parts.flatMap((part) => part.points)
    const fine = (completedBy.get(key) ?? []).flatMap((part) => part.points)
    const total = eventsOver(points, now)
    const baselineTotal = eventsOver(points, before)
    return {
      dimensions,
      total,
      bad: Math.max(0, total - eventsOver(fine, now)),
      baselineTotal,
      baselineBad: Math.max(0, baselineTotal - eventsOver(fine, before)),
    }
  })
  return {
    cells: cells.filter((cell) => cell.total > 0 || cell.baselineTotal > 0),
    queries: [...all, ...good].map(({ query: made }) => made),
  }
}

function fetchBoth(
  data: DataService,
  measure: string,
  parts: Omit<Parameters<DataService['data']>[0], 'measure'>[],
): Promise<DataResult[]> {
  return Promise.all(parts.map((part) => data.data({ measure, ...part })))
}

/** Among so many of the same kind they are looked for. */
const lookedAt = 500

function controlsOf(model: Model, success: SuccessMeasures): SuccessMeasures[] {
  if (!success.dimensions.includes('zone')) return []
  const index = indexModel(model)
  const callers = callersOf(index, success.entity)
  const found: SuccessMeasures[] = []
  for (const { id } of index.entitiesOfKind(index.entity(success.entity)?.kind ?? '').slice(0, lookedAt)) {
    if (id === success.entity || callers.has(id)) continue
    const control = successMeasures(model, id)
    if (control?.entity === id && control.dimensions.includes('zone')) found.push(control)
    if (found.length === maximumControls) break
  }
  return found
}

/** Everything that depends on the entity, over any number of calls. */
function callersOf(index: ModelIndex, entity: string): Set<string> {
  const callers = new Set<string>()
  let front = [entity]
  while (front.length > 0) {
    front = front
      .flatMap((id) => index.relationsTo(id))
      .filter(({ kind, from }) => kind === 'calls' && !callers.has(from))
      .map(({ from }) => from)
    for (const caller of front) callers.add(caller)
  }
  return callers
}
