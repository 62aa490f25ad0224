import { dependencyKinds, indexModel } from '@tenon/data'
import { rankChanges, type RankedChange } from '@tenon/analysis'
import { duration, type Evidence } from '@tenon/runbook'
import * as z from 'zod'
import { entityField, secondsOf } from '../../input-fields.ts'
import { changeHypotheses } from '../../judge/change-hypotheses.ts'
import { spanText } from '../../judge/figures.ts'
import { sinceOf } from '../../judge/since.ts'
import { NodeError } from '../../node-error.ts'
import { defineNode } from '../../node.ts'
import type { LocalisedPlace } from './chain-loss-output.ts'
import { changesOutput, type RankedChangeOutput } from './changes-output.ts'
import { placeField, placeOfEntity } from './fault-place.ts'

/** From here on a change is named as the likeliest; below, down to the second figure, it is not clear. */
const foundScore = 0.4
const possibleScore = 0.2
/** Changes that begin a little after the onset are shown as well, ruled out. */
const afterSeconds = 600

export const changes = defineNode({
  type: 'judge.changes',
  version: 1,
  title: 'Which change did it?',
  description:
    'Ranks the changes before an onset by how close they came, whether the entity depends on what they changed, and whether they touch the hosts, zone or version of the place that a step before found failing. Changes that cannot be the cause are listed with the reason. Without an onset the time of the run is taken.',
  group: 'judge',
  icon: 'git-commit-horizontal',
  effect: 'read',
  idempotent: true,
  outcomes: [
    { name: 'found', tone: 'abnormal', meaning: 'One change is likely.' },
    { name: 'none', tone: 'normal', meaning: 'No change in the time looked at can be the cause.' },
    {
      name: 'inconclusive',
      tone: 'inconclusive',
      meaning: 'Something changed, but too far away or too long before to name it.',
    },
  ],
  mainInput: 'entity',
  input: z.object({
    entity: entityField,
    since: z
      .string()
      .nullable()
      .default('')
      .meta({ title: 'Since', description: 'The onset, ISO 8601; empty for the time of the run.', 'x-widget': 'text' }),
    lookback: duration.default('2h').meta({
      title: 'Look back',
      description: 'How long before the onset changes are considered.',
      'x-widget': 'duration',
    }),
    place: placeField,
  }),
  output: changesOutput,
  async run(ctx, { entity, since, lookback, place: found }) {
    const { model } = ctx.data
    if (!indexModel(model).entity(entity)) {
      throw new NodeError('unknown-entity', `The model has no entity "${entity}".`, {
        fix: 'Choose an entity of the model, or the entity that "Where is the loss?" found.',
      })
    }
    const onset = onsetOf(since, ctx.asOf)
    const until = Math.min(ctx.asOf, onset + afterSeconds * 1000)
    const events = await ctx.changes.between(onset - secondsOf(lookback) * 1000, until)
    const place = placeOfEntity(found, entity)
    const ranked = rankChanges({
      changes: events,
      onset,
      affectedEntity: entity,
      links: model.relations.filter(({ kind }) => dependencyKinds.includes(kind)),
      ...(place?.part ? { localised: scopeOf(place.part.localised) } : {}),
    })
    const [top] = ranked
    const score = top?.score ?? 0
    const outcome = score >= foundScore ? 'found' : score >= possibleScore ? 'inconclusive' : 'none'
    return {
      outcome,
      output: {
        entity,
        since: new Date(onset).toISOString(),
        top: top && outcome === 'found' ? toOutput(top) : null,
        ranked: ranked.map(toOutput),
      },
      summary: summaryOf(ranked, outcome, lookback),
      evidence: [changesEvidence(ranked, lookback)],
      hypotheses: changeHypotheses(ranked, place),
    }
  },
})

function onsetOf(since: string | null, asOf: number): number {
  return sinceOf(since) ?? asOf
}

function scopeOf({ hosts, zone, version }: LocalisedPlace): { hosts: string[]; zone?: string; version?: string } {
  return { hosts, ...(zone === null ? {} : { zone }), ...(version === null ? {} : { version }) }
}

const toOutput = ({ change, score, secondsBeforeOnset, reason }: RankedChange): RankedChangeOutput => ({
  id: change.id,
  title: change.title,
  kind: change.kind,
  score,
  secondsBeforeOnset,
  reason,
})

function summaryOf(ranked: RankedChange[], outcome: 'found' | 'none' | 'inconclusive', lookback: string): string {
  const [top] = ranked
  if (!top) return `No change in the ${lookback} before`
  switch (outcome) {
    case 'found':
      return `${top.change.id} ${top.change.title}, ${spanText(top.secondsBeforeOnset * 1000)} ${top.secondsBeforeOnset < 0 ? 'after' : 'before'} the onset`
    case 'inconclusive':
      return `${top.change.id} is possible, not likely`
    case 'none':
      return ranked.length === 1
        ? `${top.change.id} cannot be the cause`
        : `None of ${ranked.length} changes can be the cause`
  }
}

function changesEvidence(ranked: RankedChange[], lookback: string): Evidence {
  return {
    id: 'changes',
    kind: 'changes',
    title: 'Changes before the onset',
    subtitle: ranked.length === 0 ? `None in ${lookback}` : `${ranked.length} in ${lookback}, likeliest first`,
    changes: ranked.map(({ change, score, reason }) => ({
      id: change.id,
      title: change.title,
      kind: change.kind,
      at: new Date(change.startedAt).toISOString(),
      score,
      reason,
    })),
  }
}
