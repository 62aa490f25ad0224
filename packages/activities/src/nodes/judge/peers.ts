import { indexModel, type Entity } from '@tenon/data'
import { estimateOnset } from '@tenon/analysis'
import type { DataQuality, Evidence, Hypothesis, Verdict } from '@tenon/runbook'
import * as z from 'zod'
import { entityField } from '../../input-fields.ts'
import { ownerOf } from '../../judge/judge-chain.ts'
import type { LossOnset } from '../../judge/loss-onset.ts'
import { findPeerPlace, type PeerPlace } from '../../judge/peer-place.ts'
import { peerEvidence } from '../../judge/peer-evidence.ts'
import { switchEntity } from '../../judge/switch-entity.ts'
import { topPlace } from '../../judge/top-place.ts'
import { findZonePlace } from '../../judge/zone-place.ts'
import { sinceOf } from '../../judge/since.ts'
import { NodeError } from '../../node-error.ts'
import { defineNode, type NodeContext } from '../../node.ts'
import type { LocalisedPlace } from './chain-loss-output.ts'
import { placedFinding } from './entity-finding.ts'

const minute = 60_000
/** Looked at when nobody knows when it began; compared with the same time of the day before. */
const unknownMinutes = 10

export const peers = defineNode({
  type: 'judge.peers',
  version: 1,
  title: 'Which part differs from its peers?',
  description:
    'Compares the hosts, zones and versions of an entity with each other: which of them fails more or became slower than the others, compared with how each was before. Of a host its service is looked at; of a zone, or of the whole system, everything that runs in several zones. A part that is always slower is no finding.',
  group: 'judge',
  icon: 'users',
  effect: 'read',
  idempotent: true,
  outcomes: [
    { name: 'found', tone: 'abnormal', meaning: 'A part differs from the others.' },
    { name: 'alike', tone: 'normal', meaning: 'No part differs from the others beyond noise.' },
    { name: 'inconclusive', tone: 'inconclusive', meaning: 'Too little is measured of the parts to compare them.' },
  ],
  mainInput: 'entity',
  input: z.object({
    entity: entityField,
    since: z.string().nullable().default('').meta({
      title: 'Since',
      description:
        'When it began, ISO 8601; empty when that is not known, then the last 10 min are compared with the day before.',
      'x-widget': 'text',
    }),
  }),
  output: placedFinding,
  async run(ctx, { entity: id, since }) {
    const entity = indexModel(ctx.data.model).entity(id)
    if (!entity)
      throw new NodeError('unknown-entity', `The model has no entity "${id}".`, {
        fix: 'Choose an entity of the model.',
      })
    const onset = onsetOf(since, ctx.asOf)
    const found = await lookInto(ctx, entity, onset)
    const { place, status, reason } = found
    const began = onset.isKnown ? onset.at : found.began
    const isFound = status === 'failing' || status === 'slow'
    const [top] = found.hypotheses.toSorted((a, b) => b.likelihood - a.likelihood)
    const cause = isFound && top && top.likelihood > 0 ? top.cause : null
    const outcome = isFound ? 'found' : status === 'alike' ? 'alike' : 'inconclusive'
    return {
      outcome,
      output: {
        entity: found.entity,
        since: isFound && began !== null ? new Date(began).toISOString() : null,
        headline: isFound && place ? headlineOf(found.entity, place, found.isSlow) : null,
        owner: ownerOf(ctx.data.model, found.entity),
        localised: place,
        placeKind: isFound ? (topPlace(found.hypotheses)?.placeKind ?? null) : null,
        cause,
        switchEntity:
          isFound && place?.zone
            ? switchEntity(ctx.data.model, found.isZone ? null : found.entity, top?.kind === 'zone')
            : null,
      },
      summary:
        outcome === 'alike'
          ? `The parts of ${found.entity} are alike`
          : outcome === 'found' && place
            ? headlineOf(found.entity, place, found.isSlow)
            : `Cannot compare: ${reason}`,
      verdict: verdictOf(outcome, reason, found.quality),
      evidence: found.evidence,
      hypotheses: found.hypotheses,
    }
  },
})

interface Looked {
  entity: string
  isZone: boolean
  status: PeerPlace['status']
  isSlow: boolean
  place: LocalisedPlace | null
  began: number | null
  hypotheses: Hypothesis[]
  evidence: Evidence[]
  reason: string
  quality: DataQuality
}

const unmeasured: DataQuality = { completeness: 1, freshnessSeconds: null, notes: [] }

async function lookInto(ctx: NodeContext, entity: Entity, onset: LossOnset): Promise<Looked> {
  const { data, asOf } = ctx
  const index = indexModel(data.model)
  const isZone =
    entity.kind === 'zone' || (index.measuresOf(entity.id).length === 0 && entity.attributes['service'] === undefined)
  if (isZone) {
    const zone = await findZonePlace(data, { onset, asOf })
    const found = zone.localised?.zone
    const named = data.model.entities.find((one) => one.kind === 'zone' && one.attributes['zone'] === found)
    return {
      entity: named?.id ?? entity.id,
      isZone,
      status: zone.status,
      isSlow: zone.status === 'slow',
      place: zone.localised,
      began: null,
      hypotheses: zone.hypotheses,
      evidence: zone.evidence,
      reason: zone.reason,
      quality: unmeasured,
    }
  }
  const service = entity.kind === 'host' ? (entity.attributes['service'] ?? entity.id) : entity.id
  const first = await lookIntoService(ctx, service, onset)
  const isFound = first.status === 'failing' || first.status === 'slow'
  if (onset.isKnown || !isFound || first.began === null) return first
  // Now that it is known when it began, what lies before it no longer blurs which part it is.
  const again = await lookIntoService(ctx, service, { at: first.began, isKnown: true })
  return again.place === null ? first : { ...again, began: first.began }
}

async function lookIntoService({ data, asOf }: NodeContext, service: string, onset: LossOnset): Promise<Looked> {
  const place = await findPeerPlace(data, service, { onset, asOf })
  const { evidence, began, quality } = await peerEvidence(data, place, { onset, asOf })
  return {
    entity: service,
    isZone: false,
    status: place.status,
    isSlow: place.isSlow,
    place: place.localised,
    began: began ?? onsetOfSlow(place),
    hypotheses: place.hypotheses,
    evidence,
    reason: place.reason,
    quality,
  }
}

/** When the slowest part left its own level. */
function onsetOfSlow({ slow }: PeerPlace): number | null {
  const [worst] = slow?.split.status === 'outliers' ? slow.split.outliers : []
  const points = slow?.series.find(({ id }) => id === worst?.id)?.points ?? []
  if (!worst) return null
  const found = estimateOnset({
    points,
    expected: points.map(([t]) => [t, worst.before]),
    kind: 'latency',
    stepSeconds: 30,
  })
  return found !== null && found.after > found.before ? found.at : null
}

function onsetOf(since: string | null, asOf: number): LossOnset {
  const at = sinceOf(since)
  return at === null
    ? { at: asOf - unknownMinutes * minute, isKnown: false }
    : { at: Math.min(at, asOf), isKnown: true }
}

function headlineOf(entity: string, { zone, hosts, version }: LocalisedPlace, isSlow: boolean): string {
  const what = isSlow ? 'slower than' : 'failing more than'
  if (hosts.length === 0) return `Zone ${zone ?? ''} is ${what} the others`
  const who = hosts.length === 1 ? `Host ${hosts[0] ?? ''}` : `${hosts.length} hosts`
  const which = version === null ? '' : ` with ${version}`
  return `${who} of ${entity}${which} ${hosts.length === 1 ? 'is' : 'are'} ${what} the others`
}

function verdictOf(outcome: 'found' | 'alike' | 'inconclusive', reason: string, quality: DataQuality): Verdict {
  switch (outcome) {
    case 'found':
      return { value: 'abnormal', confidence: 0.95, reasons: [reason], quality }
    case 'alike':
      return { value: 'normal', confidence: 0.9, reasons: [reason], quality }
    case 'inconclusive':
      return { value: 'inconclusive', confidence: 1, reasons: [`The parts cannot be compared: ${reason}`], quality }
  }
}
