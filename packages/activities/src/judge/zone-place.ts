/** Which zone differs from the others, over everything that runs in several. */
import { localise, type Cell } from '@tenon/analysis'
import { indexModel, type DataService, type Model } from '@tenon/data'
import type { Evidence, EvidenceQuery, Hypothesis } from '@tenon/runbook'
import type { LocalisedPlace } from '../nodes/judge/chain-loss-output.ts'
import { listText, percent } from './figures.ts'
import { fetchCells } from './localise-loss.ts'
import type { LossOnset } from './loss-onset.ts'
import { findSlowParts, type SlowParts } from './slow-parts.ts'
import { successMeasures, type SuccessMeasures } from './success-measures.ts'

export interface ZonePlace {
  status: 'failing' | 'slow' | 'alike' | 'unseen'
  localised: LocalisedPlace | null
  hypotheses: Hypothesis[]
  evidence: Evidence[]
  reason: string
}

const mostServices = 20

interface Service {
  entity: string
  success: SuccessMeasures
}

interface Measured {
  entity: string
  cells: Cell[]
  slow: SlowParts | null
  queries: EvidenceQuery[]
}

export async function findZonePlace(
  data: DataService,
  { onset, asOf }: { onset: LossOnset; asOf: number },
): Promise<ZonePlace> {
  const services = zonedServices(data.model)
  const measured = await Promise.all(
    services.map(async ({ entity, success }): Promise<Measured> => {
      const [{ cells, queries }, slow] = await Promise.all([
        fetchCells(data, success, { dimensions: ['zone'], onset, asOf }),
        findSlowParts(data, entity, { dimension: 'zone', onset, asOf }),
      ])
      return { entity, cells, slow, queries: [...queries, ...(slow?.queries ?? [])] }
    }),
  )
  const zones = [
    ...new Set(measured.flatMap(({ cells }) => cells.flatMap(({ dimensions }) => dimensions['zone'] ?? []))),
  ].sort()
  const evidence = measured.length > 0 && zones.length > 0 ? [tableOf(measured)] : []
  if (zones.length < 2) {
    const reason = zones.length === 0 ? 'nothing is measured by zone' : `there is only zone ${zones[0] ?? ''}`
    return { status: 'unseen', localised: null, hypotheses: [], evidence, reason }
  }
  const place = (zone: string): LocalisedPlace => ({
    zone,
    hosts: [],
    version: null,
    healthyZone: zones.find((one) => one !== zone) ?? null,
  })
  const slowIn = slowServices(measured)
  const localisation = localise({
    cells: measured.flatMap(({ entity, cells }) =>
      cells.map((cell) => ({ ...cell, dimensions: { ...cell.dimensions, service: entity } })),
    ),
    dimensions: ['zone', 'service'],
  })
  const where = localisation.best?.where ?? {}
  const failing = Object.keys(where).length === 1 && where['zone']?.length === 1 ? (where['zone'][0] ?? null) : null
  const [slowest] = [...slowIn].toSorted((a, b) => b[1].length - a[1].length)
  const isOneSlow = slowest !== undefined && slowIn.size === 1 && slowest[1].length >= 2
  const zone = failing ?? (isOneSlow ? slowest[0] : null)
  if (zone === null) {
    if (localisation.status === 'insufficient' && measured.every(({ slow }) => slow?.split.status !== 'alike'))
      return { status: 'unseen', localised: null, hypotheses: [], evidence, reason: localisation.reason }
    const reason = localisation.best ? `what fails is ${localisation.best.text}, not a zone` : localisation.reason
    const hypotheses = zones.map((one): Hypothesis => ({
      kind: 'zone',
      key: `zone:${one}`,
      cause: `zone ${one} is at fault`,
      likelihood: 0,
      supports: [],
      against: [reason],
    }))
    return { status: 'alike', localised: null, hypotheses, evidence, reason }
  }
  const slow = slowIn.get(zone) ?? []
  const supports = [
    ...(failing === null ? [] : (localisation.best?.supports ?? [])),
    ...(slow.length > 0
      ? [`${listText(slow)} ${slow.length === 1 ? 'is' : 'are'} slower in zone ${zone} than elsewhere`]
      : []),
  ]
  const what = slow.length >= 2 ? 'slow' : 'failing'
  const many = Math.max(slow.length, failing === null ? 0 : failingServices(measured, zone).length)
  const hypothesis: Hypothesis = {
    kind: 'zone',
    key: `zone:${zone}`,
    cause: `zone ${zone} is ${what}: ${many} services ${what === 'slow' ? 'are slower' : 'lose requests'} there`,
    likelihood: many >= 2 ? 0.95 : 0.6,
    supports,
    against: [],
  }
  const others = zones.filter((one) => one !== zone)
  const well = others.map((one): Hypothesis => ({
    kind: 'zone',
    key: `zone:${one}`,
    cause: `zone ${one} is at fault`,
    likelihood: 0,
    supports: [],
    against: [`zone ${zone} differs, zone ${one} is as before`],
  }))
  return {
    status: failing === null ? 'slow' : 'failing',
    localised: place(zone),
    hypotheses: [hypothesis, ...well],
    evidence,
    reason: supports[0] ?? localisation.reason,
  }
}

function zonedServices(model: Model): Service[] {
  const index = indexModel(model)
  const found: Service[] = []
  for (const { id } of model.entities) {
    if (index.entity(id)?.kind === 'zone') continue
    const success = successMeasures(model, id)
    if (success?.entity === id && success.dimensions.includes('zone')) found.push({ entity: id, success })
    if (found.length === mostServices) break
  }
  return found
}

/** By zone, the services that became slower there than elsewhere. */
function slowServices(measured: Measured[]): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (const { entity, slow } of measured)
    if (slow?.split.status === 'outliers')
      for (const { id } of slow.split.outliers) found.set(id, [...(found.get(id) ?? []), entity])
  return found
}

const rate = (cells: Cell[], bad: 'bad' | 'baselineBad', total: 'total' | 'baselineTotal'): number => {
  const all = cells.reduce((sum, cell) => sum + cell[total], 0)
  return all > 0 ? cells.reduce((sum, cell) => sum + cell[bad], 0) / all : 0
}

/** Services that fail clearly more than before in the zone. */
const failingServices = (measured: Measured[], zone: string): string[] =>
  measured.flatMap(({ entity, cells }) => {
    const inside = cells.filter(({ dimensions }) => dimensions['zone'] === zone)
    return rate(inside, 'bad', 'total') - rate(inside, 'baselineBad', 'baselineTotal') > 0.02 ? [entity] : []
  })

function tableOf(measured: Measured[]): Evidence {
  return {
    id: 'zones',
    kind: 'table',
    title: 'Failures and latency by zone, service by service',
    columns: [
      { key: 'service', label: 'Service' },
      { key: 'zone', label: 'Zone' },
      { key: 'failing', label: 'Failing now' },
      { key: 'before', label: 'Before' },
      { key: 'latency', label: 'Latency, times before' },
    ],
    rows: measured.flatMap(({ entity, cells, slow }) =>
      [...new Set(cells.flatMap(({ dimensions }) => dimensions['zone'] ?? []))].sort().map((zone) => {
        const inside = cells.filter(({ dimensions }) => dimensions['zone'] === zone)
        const change = [...(slow?.split.outliers ?? []), ...(slow?.split.rest ?? [])].find(({ id }) => id === zone)
        return {
          service: entity,
          zone,
          failing: percent(rate(inside, 'bad', 'total')),
          before: percent(rate(inside, 'baselineBad', 'baselineTotal')),
          latency: change ? Math.round(change.factor * 100) / 100 : null,
        }
      }),
    ),
    queries: measured.flatMap(({ queries }) => queries).slice(0, 12),
  }
}
