/** What a localisation means: one zone, one version, some hosts; and the words for it. */
import type { Cell, Explanation } from '@tenon/analysis'
import type { Hypothesis } from '@tenon/runbook'
import type { LocalisedPlace } from '../nodes/judge/chain-loss-output.ts'
import { listText, percent } from './figures.ts'
import type { LossPlace, ServiceCells } from './localise-loss.ts'

/** Null when the loss is spread or nobody can say. */
export function placeOf({ localisation, cells }: LossPlace): LocalisedPlace | null {
  const { best } = localisation
  if (best === null) return null
  const [zone, ...otherZones] = best.members['zone'] ?? []
  const version = ownVersion(best, cells)
  const failingZone = zone !== undefined && otherZones.length === 0 ? zone : null
  return {
    zone: failingZone,
    hosts: (best.members['host'] ?? []).toSorted(),
    version,
    healthyZone: healthiest(cells, best),
  }
}

/** The version that everything inside has, unless what is outside and well has it too. */
function ownVersion(best: Explanation, cells: Cell[]): string | null {
  const [version, ...others] = best.members['version'] ?? []
  if (version === undefined || others.length > 0) return null
  const hosts = new Set(best.members['host'])
  const isElsewhere = cells.some(
    ({ dimensions, total }) => total > 0 && dimensions['version'] === version && !hosts.has(dimensions['host'] ?? ''),
  )
  return isElsewhere ? null : version
}

function healthiest(cells: Cell[], best: Explanation): string | null {
  const failing = new Set(best.members['zone'])
  const zones = Map.groupBy(
    cells.filter(
      ({ dimensions, total }) => total > 0 && dimensions['zone'] !== undefined && !failing.has(dimensions['zone']),
    ),
    ({ dimensions }) => dimensions['zone'] ?? '',
  )
  const rates = [...zones].map(([zone, inside]) => ({ zone, rate: share(inside, 'bad', 'total') }))
  return rates.toSorted((a, b) => a.rate - b.rate)[0]?.zone ?? null
}

/** Services beside it that fail more than usual in the zone, and more there than elsewhere. */
export function alsoFailing(controls: ServiceCells[], zone: string): string[] {
  return controls.flatMap(({ entity, cells }) => {
    const inside = cells.filter(({ dimensions }) => dimensions['zone'] === zone)
    const outside = cells.filter(({ dimensions }) => dimensions['zone'] !== zone)
    const risen = share(inside, 'bad', 'total') - share(inside, 'baselineBad', 'baselineTotal')
    const elsewhere = share(outside, 'bad', 'total') - share(outside, 'baselineBad', 'baselineTotal')
    return risen > 0.02 && risen > 2 * elsewhere ? [entity] : []
  })
}

/** Hypotheses of place: the one that holds, and the rivals with what rules them out. */
export function placeHypotheses(
  entity: string,
  place: LossPlace,
  found: LocalisedPlace | null,
  isSlow: boolean,
): Hypothesis[] {
  const { localisation, cells, controls } = place
  const rivals = localisation.rivals.flatMap((rival) => rivalHypothesis(entity, rival.where, rival.ruledOutBy) ?? [])
  const { best } = localisation
  if (best === null || found === null) return rivals
  const totalHosts = new Set(cells.flatMap((cell) => (cell.total > 0 ? (cell.dimensions['host'] ?? []) : []))).size
  const inZone = found.zone === null ? '' : ` (zone ${found.zone})`
  const common = { supports: best.supports, against: [] }
  const isZone = Object.keys(best.where).length === 1 && 'zone' in best.where && found.zone !== null
  if (isZone && found.zone !== null) {
    const beside = alsoFailing(controls, found.zone)
    const services = [entity, ...beside]
    const where =
      beside.length > 0 ? `: ${services.length} services lose requests there` : `: ${entity} loses requests there`
    return [
      {
        ...common,
        kind: 'zone',
        key: `zone:${found.zone}`,
        cause: `zone ${found.zone} is ${isSlow ? 'slow' : 'failing'}${where}`,
        // One service alone may fail in one zone for a reason of its own.
        likelihood: beside.length > 0 ? 0.95 : 0.6,
        supports: [
          ...best.supports,
          ...(beside.length > 0 ? [`${listText(beside)} also lose requests in zone ${found.zone}, not elsewhere`] : []),
        ],
      },
      ...rivals.filter(({ key }) => key !== `zone:${found.zone}`),
    ]
  }
  // What is slow runs into limits: that it fails follows from it.
  const what = isSlow ? 'is slow' : 'fails'
  if (found.version !== null) {
    const cause = `${entity} ${found.version} ${what} on ${found.hosts.length} of ${totalHosts} hosts${inZone}`
    const key = `version:${entity}@${found.version}`
    return [{ ...common, kind: 'version', key, cause, likelihood: 0.85 }, ...rivals.filter((one) => one.key !== key)]
  }
  const cause = `${entity} ${what} on ${found.hosts.length} of ${totalHosts} hosts (${listText(found.hosts)})`
  const key = `host:${found.hosts.join(',')}`
  return [{ ...common, kind: 'host', key, cause, likelihood: 0.8 }, ...rivals.filter((one) => one.key !== key)]
}

/** Only single places are worth naming as ruled out: pairs and sets would repeat them. */
function rivalHypothesis(entity: string, where: Record<string, string[]>, ruledOutBy: string): Hypothesis | null {
  const entries = Object.entries(where)
  const [[dimension, values] = ['', []]] = entries
  const [value] = values
  if (entries.length !== 1 || values.length !== 1 || value === undefined) return null
  const common = { likelihood: 0, supports: [], against: [ruledOutBy] }
  if (dimension === 'zone') return { ...common, kind: 'zone', key: `zone:${value}`, cause: `zone ${value} is failing` }
  if (dimension === 'version')
    return { ...common, kind: 'version', key: `version:${entity}@${value}`, cause: `${entity} ${value} fails` }
  return null
}

function share(cells: Cell[], part: 'bad' | 'baselineBad', whole: 'total' | 'baselineTotal'): number {
  const all = cells.reduce((sum, cell) => sum + cell[whole], 0)
  return all > 0 ? cells.reduce((sum, cell) => sum + cell[part], 0) / all : 0
}

/** Failing share by zone, service by service: what the zone's guilt or innocence rests on. */
export function zoneRows(entity: string, { cells, controls }: LossPlace): Record<string, string | number>[] {
  return [{ entity, cells }, ...controls].flatMap((service) => {
    const zones = [...new Set(service.cells.flatMap(({ dimensions }) => dimensions['zone'] ?? []))].sort()
    return zones.map((zone) => {
      const inside = service.cells.filter(({ dimensions }) => dimensions['zone'] === zone)
      return {
        service: service.entity,
        zone,
        now: percent(share(inside, 'bad', 'total')),
        before: percent(share(inside, 'baselineBad', 'baselineTotal')),
      }
    })
  })
}
