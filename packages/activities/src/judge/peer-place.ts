/** Which part of a service differs from the others: by its failures, else by its latency. */
import { indexModel, type DataService } from '@tenon/data'
import type { Hypothesis } from '@tenon/runbook'
import type { LocalisedPlace } from '../nodes/judge/chain-loss-output.ts'
import { listText } from './figures.ts'
import { localiseLoss, type LossPlace } from './localise-loss.ts'
import type { LossOnset } from './loss-onset.ts'
import { placeHypotheses, placeOf } from './loss-place.ts'
import { areSlower, findSlowParts, type SlowParts } from './slow-parts.ts'
import { successMeasures, type SuccessMeasures } from './success-measures.ts'

export interface PeerPlace {
  entity: string
  /** `alike`: no part differs. `unseen`: too little data to say. */
  status: 'failing' | 'slow' | 'alike' | 'unseen'
  /** What differs is slower; it may fail more as well, as what is slow runs into limits. */
  isSlow: boolean
  localised: LocalisedPlace | null
  hypotheses: Hypothesis[]
  failing: LossPlace | null
  slow: SlowParts | null
  success: SuccessMeasures | null
  reason: string
}

const mostOthers = 8
/** A zone that is slow for one service alone may be so for a reason of that service. */
const likelihoods = { zoneOfMany: 0.95, zoneOfOne: 0.6, version: 0.85, host: 0.8, whole: 0.35 } as const

export async function findPeerPlace(
  data: DataService,
  entity: string,
  { onset, asOf }: { onset: LossOnset; asOf: number },
): Promise<PeerPlace> {
  const success = successMeasures(data.model, entity)
  const [failing, slow] = await Promise.all([
    success === null || success.dimensions.length === 0 ? null : localiseLoss(data, success, { onset, asOf }),
    findSlowParts(data, entity, { dimension: 'host', onset, asOf }),
  ])
  const common = { entity, failing, slow, success }
  const slowHosts = slow?.split.status === 'outliers' ? slow.split.outliers.map(({ id }) => id) : []
  const found = failing === null ? null : placeOf(failing)
  if (failing !== null && found !== null) {
    const isSlow = areSlower(slow, found.hosts)
    const hypotheses = placeHypotheses(entity, failing, found, isSlow)
    return { ...common, status: 'failing', isSlow, localised: found, hypotheses, reason: failing.localisation.reason }
  }
  if (slow !== null && slowHosts.length > 0) {
    const localised = placeOfHosts(slowHosts, placesOf(data, { slow, failing }))
    const beside =
      localised.zone === null || !isWholeZone(data, { slow, failing }, localised)
        ? null
        : await slowBeside(data, entity, { zone: localised.zone, onset, asOf })
    const hypothesis = slowHypothesis(slow, { entity, localised, beside })
    return { ...common, status: 'slow', isSlow: true, localised, hypotheses: [hypothesis], reason: slow.split.reason }
  }
  const isSeen =
    slow?.split.status === 'alike' ||
    failing?.localisation.status === 'none' ||
    failing?.localisation.status === 'spread'
  if (!isSeen) {
    const reason =
      slow?.split.reason ?? failing?.localisation.reason ?? `${entity} has no measure by host, zone or version`
    return { ...common, status: 'unseen', isSlow: false, localised: null, hypotheses: [], reason }
  }
  return { ...common, status: 'alike', isSlow: false, localised: null, ...alike(entity, { failing, slow }) }
}

type Seen = Pick<PeerPlace, 'failing' | 'slow'>

function alike(entity: string, { failing, slow }: Seen): { hypotheses: Hypothesis[]; reason: string } {
  const isSpread = failing?.localisation.status === 'spread'
  const reason = isSpread
    ? (failing?.localisation.reason ?? '')
    : (slow?.split.reason ?? failing?.localisation.reason ?? '')
  const one: Hypothesis = {
    kind: 'host',
    key: `part:${entity}`,
    cause: `one host or zone of ${entity} is at fault`,
    likelihood: 0,
    supports: [],
    against: [reason],
  }
  const rise = slow?.split.rest.map(({ factor }) => factor).toSorted((a, b) => a - b) ?? []
  const isSlowAll = (rise[0] ?? 0) >= 1.25
  if (!isSpread && !isSlowAll) return { hypotheses: [one], reason }
  const whole: Hypothesis = {
    kind: 'entity',
    key: `entity:${entity}`,
    cause: `${entity} ${isSpread ? 'fails' : 'is slow'} on all its hosts alike`,
    likelihood: likelihoods.whole,
    supports: [reason],
    against: ['what makes it so was not found'],
  }
  return { hypotheses: [whole, one], reason }
}

interface Part {
  host: string
  zone: string | null
  version: string | null
}

/** What is known of every host: from its own series where they say it, else from the model. */
function placesOf(data: DataService, { slow, failing }: { slow: SlowParts; failing: LossPlace | null }): Part[] {
  const index = indexModel(data.model)
  return slow.series.map(({ id: host }) => {
    const own = failing?.cells.filter(({ dimensions, total }) => dimensions['host'] === host && total > 0) ?? []
    const valueOf = (name: string) => own[0]?.dimensions[name] ?? index.entity(host)?.attributes[name] ?? null
    return { host, zone: valueOf('zone'), version: valueOf('version') }
  })
}

function placeOfHosts(hosts: string[], parts: Part[]): LocalisedPlace {
  const inside = parts.filter(({ host }) => hosts.includes(host))
  const outside = parts.filter(({ host }) => !hosts.includes(host))
  const only = (values: (string | null)[]) => {
    const [first = null, ...others] = [...new Set(values)]
    return others.length === 0 ? first : null
  }
  const zone = only(inside.map((part) => part.zone))
  const version = only(inside.map((part) => part.version))
  const failing = new Set(inside.map((part) => part.zone))
  const healthy = outside.flatMap((part) => (part.zone === null || failing.has(part.zone) ? [] : [part.zone]))
  return {
    zone,
    hosts: hosts.toSorted(),
    version: version !== null && outside.some((part) => part.version === version) ? null : version,
    healthyZone: healthy.toSorted()[0] ?? null,
  }
}

function isWholeZone(
  data: DataService,
  seen: { slow: SlowParts; failing: LossPlace | null },
  { zone, hosts }: LocalisedPlace,
): boolean {
  const there = placesOf(data, seen).filter((part) => part.zone === zone)
  return there.length > 1 && there.every(({ host }) => hosts.includes(host))
}

/** Other services of the same kind that are slower in the zone than elsewhere, too. */
async function slowBeside(
  data: DataService,
  entity: string,
  { zone, onset, asOf }: { zone: string; onset: LossOnset; asOf: number },
): Promise<string[]> {
  const index = indexModel(data.model)
  const others = index
    .entitiesOfKind(index.entity(entity)?.kind ?? '')
    .filter(({ id }) => id !== entity)
    .slice(0, mostOthers)
  const found = await Promise.all(
    others.map(async ({ id }) => {
      const parts = await findSlowParts(data, id, { dimension: 'zone', onset, asOf })
      const isSlow = parts?.split.status === 'outliers' && parts.split.outliers.every((one) => one.id === zone)
      return isSlow ? [id] : []
    }),
  )
  return found.flat()
}

/** @param beside services that are slow in the zone as well; null when it is not the whole zone. */
function slowHypothesis(
  { split, title }: SlowParts,
  { entity, localised, beside }: { entity: string; localised: LocalisedPlace; beside: string[] | null },
): Hypothesis {
  const supports = [`${title}: ${split.reason}`]
  const total = split.outliers.length + split.rest.length
  const { zone, version, hosts } = localised
  if (beside !== null && zone !== null) {
    const isMany = beside.length > 0
    return {
      kind: 'zone',
      key: `zone:${zone}`,
      cause: `zone ${zone} is slow: ${isMany ? `${beside.length + 1} services are slower there` : `${entity} is slower there`}`,
      likelihood: isMany ? likelihoods.zoneOfMany : likelihoods.zoneOfOne,
      supports: isMany
        ? [...supports, `${listText(beside)} ${beside.length === 1 ? 'is' : 'are'} slower in zone ${zone} as well`]
        : supports,
      against: [],
    }
  }
  if (version !== null)
    return {
      kind: 'version',
      key: `version:${entity}@${version}`,
      cause: `${entity} ${version} is slow on ${hosts.length} of ${total} hosts`,
      likelihood: likelihoods.version,
      supports,
      against: [],
    }
  return {
    kind: 'host',
    key: `host:${hosts.join(',')}`,
    cause: `${entity} is slow on ${hosts.length} of ${total} hosts (${listText(hosts)})`,
    likelihood: likelihoods.host,
    supports,
    against: [],
  }
}
