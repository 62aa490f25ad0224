/**
 * Which change could have caused it: changes ranked by how close before the onset they came, how near they are along the
 * dependencies, and whether they touch what was found failing. What cannot be the cause is ruled out, with the reason.
 */
export interface ChangeEvent {
  id: string
  kind: string
  title: string
  /** Unix ms. */
  startedAt: number
  /** Null while it still goes on. */
  endedAt: number | null
  scope: { entity?: string; hosts?: string[]; zone?: string; version?: string }
}

export interface CorrelateInput {
  changes: ChangeEvent[]
  /** Unix ms. */
  onset: number
  /** How far the onset may be off; 60 by default. */
  onsetUncertaintySeconds?: number
  affectedEntity: string
  /** `from` depends on `to`. */
  links: { from: string; to: string }[]
  /** Where the loss was localised, when it was. */
  localised?: { hosts?: string[]; zone?: string; version?: string }
}

export interface RankedChange {
  change: ChangeEvent
  /** 0..1; null when ruled out. */
  score: number | null
  /** Links between the affected entity and what was changed; null when there is no path or the change names no entity. */
  hops: number | null
  secondsBeforeOnset: number
  supports: string[]
  ruledOut: string | null
  /** One sentence: why likely, or why ruled out. */
  reason: string
}

/** Half of a change's weight goes with each so many minutes between it and the onset. */
const halfLifeMinutes = 20
/** What has been over for so long is not what began at the onset. */
const overMinutes = 60
/** Load stops when its source stops; what it did clears within minutes. */
const loadOverMinutes = 10
/** How far the onset may be off where the failing version shows that it is. */
const provenToleranceMinutes = 5
const loadKinds = new Set(['load-test', 'drill'])

/** Most likely first, then the ruled out (latest first). Times in the sentences are minutes or hours from the onset. */
export function rankChanges(input: CorrelateInput): RankedChange[] {
  return input.changes
    .map((change) => rankChange(change, input))
    .sort((a, b) => (b.score ?? -1) - (a.score ?? -1) || b.change.startedAt - a.change.startedAt)
}

type Finding = { weight: number; support: string | null } | { ruledOut: string }

function rankChange(change: ChangeEvent, input: CorrelateInput): RankedChange {
  const path = pathTo(change, input)
  const findings = [judgeTime(change, input), judgeTopology(change, input, path), judgeScope(change, input)]
  const supports = findings.flatMap((finding) =>
    'support' in finding && finding.support !== null ? [finding.support] : [],
  )
  const ruledOut = findings.flatMap((finding) => ('ruledOut' in finding ? [finding.ruledOut] : []))[0] ?? null
  const score =
    ruledOut === null
      ? findings.reduce((product, finding) => product * ('weight' in finding ? finding.weight : 0), 1)
      : null
  return {
    change,
    score,
    hops: path?.hops ?? null,
    secondsBeforeOnset: Math.round((input.onset - change.startedAt) / 1000),
    supports,
    ruledOut,
    reason: ruledOut ?? supports.join('; '),
  }
}

function judgeTime(change: ChangeEvent, input: CorrelateInput): Finding {
  const { onset, onsetUncertaintySeconds = 60 } = input
  // A version cannot fail before it is there: when it is the one that fails, the onset was put too early.
  const isProven = broughtFailingVersion(change, input)
  const tolerance = isProven ? provenToleranceMinutes * 60_000 : onsetUncertaintySeconds * 1000 + 30_000
  const after = change.startedAt - onset
  if (after > tolerance) return { ruledOut: `began ${duration(after)} after onset` }
  const isLoad = loadKinds.has(change.kind)
  const over = change.endedAt === null ? null : onset - change.endedAt
  if (over !== null && over > (isLoad ? loadOverMinutes : overMinutes) * 60_000)
    return { ruledOut: `ended ${duration(over)} before onset` }
  // A rollout bites when it reaches the host that breaks, which may be its end rather than its beginning.
  const gap = Math.max(0, Math.min(onset - change.startedAt, over === null || over < 0 ? Infinity : over))
  const support =
    after > 0
      ? `began at onset (${duration(after)} after, ${isProven ? 'which is then too early' : 'within its uncertainty'})`
      : `began ${duration(-after)} before onset`
  return { weight: 2 ** (-gap / 60_000 / halfLifeMinutes), support }
}

function broughtFailingVersion({ scope }: ChangeEvent, { localised, affectedEntity }: CorrelateInput): boolean {
  const isOwn = scope.entity === undefined || scope.entity === affectedEntity
  return isOwn && localised?.version !== undefined && localised.version === scope.version
}

interface Path {
  hops: number
  direction: 'same' | 'dependency' | 'caller'
}

function judgeTopology(change: ChangeEvent, { affectedEntity }: CorrelateInput, path: Path | null): Finding {
  const entity = change.scope.entity
  if (entity === undefined) return { weight: 0.6, support: null }
  if (path === null) return { ruledOut: `${entity} has no path to ${affectedEntity}` }
  const links = path.hops === 1 ? '1 hop' : `${path.hops} hops`
  switch (path.direction) {
    case 'same':
      return { weight: 1, support: `is on ${affectedEntity} itself` }
    case 'dependency':
      return { weight: 0.8 ** path.hops, support: `${affectedEntity} depends on ${entity} (${links})` }
    case 'caller':
      // A caller harms what it calls by its load; any other change of it rarely does.
      return {
        weight: (loadKinds.has(change.kind) ? 0.9 : 0.5) * 0.9 ** (path.hops - 1),
        support: `${entity} sends load to ${affectedEntity} (${links})`,
      }
  }
}

function judgeScope(change: ChangeEvent, { localised, affectedEntity }: CorrelateInput): Finding {
  const { scope } = change
  const unknown: Finding = { weight: 0.8, support: null }
  if (localised === undefined) return unknown
  if (localised.zone !== undefined && scope.zone !== undefined && localised.zone !== scope.zone) {
    return { ruledOut: `other zone: it touches ${scope.zone}, the loss is in ${localised.zone}` }
  }
  // Hosts and versions of another entity say nothing of the hosts and versions that fail here.
  const sameEntity = scope.entity === undefined || scope.entity === affectedEntity
  if (sameEntity && localised.version !== undefined && scope.version !== undefined) {
    if (localised.version !== scope.version)
      return { ruledOut: `other version: ${scope.version}, while ${localised.version} fails` }
    return { weight: 1, support: `brought version ${scope.version}, the one that fails` }
  }
  if (
    sameEntity &&
    localised.hosts !== undefined &&
    localised.hosts.length > 0 &&
    scope.hosts !== undefined &&
    scope.hosts.length > 0
  ) {
    const failing = new Set(localised.hosts)
    const shared = [...new Set(scope.hosts)].filter((host) => failing.has(host)).length
    if (shared === 0) return { ruledOut: `other hosts: it touches none of the ${failing.size} that fail` }
    const overlap = shared / new Set([...localised.hosts, ...scope.hosts]).size
    return { weight: 0.5 + 0.5 * overlap, support: `touches ${shared} of the ${failing.size} hosts that fail` }
  }
  if (localised.zone !== undefined && scope.zone === localised.zone)
    return { weight: 1, support: `is in zone ${scope.zone}, where the loss is` }
  return unknown
}

/** Shortest way along dependencies from the affected entity, else along callers. */
function pathTo(change: ChangeEvent, { affectedEntity, links }: CorrelateInput): Path | null {
  const entity = change.scope.entity
  if (entity === undefined) return null
  if (entity === affectedEntity) return { hops: 0, direction: 'same' }
  const down = hopsBetween(affectedEntity, entity, links)
  if (down !== null) return { hops: down, direction: 'dependency' }
  const up = hopsBetween(entity, affectedEntity, links)
  return up === null ? null : { hops: up, direction: 'caller' }
}

function hopsBetween(start: string, goal: string, links: { from: string; to: string }[]): number | null {
  const seen = new Set([start])
  let front = [start]
  for (let hops = 1; front.length > 0; hops++) {
    const next = links.filter((link) => front.includes(link.from) && !seen.has(link.to)).map((link) => link.to)
    if (next.includes(goal)) return hops
    front = [...new Set(next)]
    for (const entity of front) seen.add(entity)
  }
  return null
}

function duration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000)
  if (seconds < 90) return `${seconds} s`
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min`
  return `${(seconds / 3600).toFixed(1).replace('.0', '')} h`
}
