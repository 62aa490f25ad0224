import type { Hypothesis, Verdict } from '@tenon/runbook'
import { worstQuality, type Model } from '@tenon/data'
import * as z from 'zod'
import { chainField, windowField, windowMinutes } from '../../input-fields.ts'
import { attributeLoss, attributeOver, type Loss } from '../../judge/attribute-loss.ts'
import { eventsLacking, type Lacking } from '../../judge/events-lacking.ts'
import { listText, percent, plural } from '../../judge/figures.ts'
import { investigateLoss, type Investigation } from '../../judge/investigate-loss.ts'
import { isDown, judgeChain, ownerOf, unseenReason, type JudgedChain } from '../../judge/judge-chain.ts'
import { lossCharts, topologyEvidence, waterfallEvidence } from '../../judge/loss-evidence.ts'
import { eventsOf, insideName, sourceHypothesis } from '../../judge/source-hypotheses.ts'
import { switchEntity } from '../../judge/switch-entity.ts'
import { topPlace } from '../../judge/top-place.ts'
import { defineNode } from '../../node.ts'
import { chainLossOutput, type ChainLossOutput } from './chain-loss-output.ts'

const minute = 60_000

export const chainLoss = defineNode({
  type: 'judge.chain-loss',
  version: 1,
  title: 'Where is the loss?',
  description:
    'Splits the change of a chain into parts that sum to the whole: one for what comes in at the source, one for the loss of each step. For the step that loses most it finds the zone, hosts or version, and judges what the step depends on; what is ruled out is named with the reason.',
  group: 'judge',
  icon: 'chart-column-decreasing',
  effect: 'read',
  idempotent: true,
  outcomes: [
    { name: 'found', tone: 'abnormal', meaning: 'The source or a step of the chain loses beyond noise.' },
    { name: 'none', tone: 'normal', meaning: 'Every step completes what it should.' },
    {
      name: 'inconclusive',
      tone: 'inconclusive',
      meaning: 'A step cannot be judged; the reasons say what is missing.',
    },
  ],
  mainInput: 'chain',
  input: z.object({ chain: chainField, window: windowField }),
  output: chainLossOutput,
  async run(ctx, input) {
    const { asOf, data } = ctx
    const [chain, changes] = await Promise.all([
      judgeChain(data, input.chain, { windowMinutes: windowMinutes(input.window), asOf }),
      ctx.changes.between(asOf - 2 * 60 * minute, asOf),
    ])
    ctx.heartbeat('volumes judged')
    const minutes = chain.windowMinutes
    const lacking = eventsLacking(chain, asOf, minutes)
    const loss = lossOf(chain, asOf, minutes)
    const [top] = lacking ? [] : (loss?.losing ?? [])
    const investigation =
      loss && top ? await investigateLoss(data, chain, { loss, losingId: top.id, windowMinutes: minutes, asOf }) : null
    const found: Found = { chain, lacking, loss: investigation?.loss ?? loss, investigation }
    const outcome = outcomeOf(found)
    return {
      outcome,
      output: outputOf(found, outcome, data.model),
      summary: summaryOf(found, outcome),
      verdict: verdictOf(found, outcome),
      evidence: [
        ...(found.loss ? [waterfallEvidence(chain, found.loss)] : []),
        ...(await lossCharts(data, chain, { investigation, changes, asOf })),
        topologyEvidence(data, chain, investigation),
      ],
      hypotheses: hypothesesOf(found, outcome, data.model),
    }
  },
})

interface Found {
  chain: JudgedChain
  lacking: Lacking | null
  loss: Loss | null
  investigation: Investigation | null
}
type Outcome = 'found' | 'none' | 'inconclusive'

/** When only the source fell, the stretch since then; else the one that shows most. */
function lossOf(chain: JudgedChain, asOf: number, windowMinutes: number): Loss | null {
  const loss = attributeLoss(chain, asOf, windowMinutes)
  const onset = chain.source.judged.judgement.onset
  if (loss === null || loss.losing.length > 0 || !isDown(chain.source) || onset === null) return loss
  const since = Math.min(windowMinutes, Math.max(2, Math.round((asOf - onset) / minute)))
  return attributeOver(chain, asOf, since) ?? loss
}

function outcomeOf({ chain, lacking, loss, investigation }: Found): Outcome {
  if (lacking) return 'inconclusive'
  if (investigation || isDown(chain.source)) return loss === null ? 'inconclusive' : 'found'
  if (loss === null || loss.attribution.parts.some(({ verdict }) => verdict === 'inconclusive')) return 'inconclusive'
  // A volume that is down although no conversion fell and the source is within noise: the same noise, seen further down.
  return 'none'
}

function onsetOf({ chain, investigation }: Found): number | null {
  if (investigation) return investigation.isOnsetKnown ? investigation.onset : null
  return isDown(chain.source) ? chain.source.judged.judgement.onset : null
}

/** What is named as the place of the loss: a step that loses, unless the source's part is greater. */
function losingPart({ chain, loss, investigation }: Found) {
  const source = loss?.attribution.parts[0]
  const step = loss?.losing[0]
  if (!isDown(chain.source) || !source) return investigation ? step : undefined
  return investigation && step && step.change < source.change ? step : source
}

function outputOf(found: Found, outcome: Outcome, model: Model): ChainLossOutput {
  const { chain, loss, investigation } = found
  const all = [chain.source, ...chain.steps]
  const part = outcome === 'found' ? losingPart(found) : undefined
  const entity = all.find(({ step }) => step.id === part?.id)?.step.entity ?? null
  const onset = outcome === 'found' ? onsetOf(found) : null
  const localised = entity !== null && entity === investigation?.losing.step.entity ? investigation.localised : null
  return {
    chain: chain.chain.id,
    chainTitle: chain.chain.title,
    step: part?.id ?? null,
    entity,
    switchEntity: entity === null ? null : switchEntity(model, entity, isZoneAtFault(investigation)),
    since: onset === null ? null : new Date(onset).toISOString(),
    expected: loss?.attribution.expected ?? null,
    actual: loss?.attribution.actual ?? null,
    deviation: loss && loss.attribution.expected > 0 ? loss.attribution.actual / loss.attribution.expected - 1 : null,
    lostPerMinute: outcome === 'found' && loss ? lostPerMinute(loss) : 0,
    parts: (loss?.attribution.parts ?? []).map(({ id, title, change, verdict, reason }) => {
      const owner = all.find(({ step }) => step.id === id)?.step.entity ?? id
      return { id, title, entity: owner, change, verdict, reason }
    }),
    localised,
    placeKind: localised === null ? null : (topPlace(investigation?.hypotheses ?? [])?.placeKind ?? null),
    cause: localised === null ? null : (topPlace(investigation?.hypotheses ?? [])?.cause ?? null),
    owner: (entity === null ? null : ownerOf(model, entity)) ?? chain.chain.owner ?? null,
  }
}

function lostPerMinute({ attribution }: Loss): number {
  const lost = attribution.parts
    .filter(({ verdict }) => verdict === 'abnormal')
    .reduce((sum, { change }) => sum - change, 0)
  return Math.round(Math.max(0, lost) * 10) / 10
}

/** Several services lose in one zone: it is the zone. */
function isZoneAtFault(investigation: Investigation | null): boolean {
  const top = investigation?.hypotheses.toSorted((a, b) => b.likelihood - a.likelihood)[0]
  return top?.kind === 'zone' && (investigation?.loss.losing.length ?? 0) >= 2
}

function verdictOf(found: Found, outcome: Outcome): Verdict {
  const { chain, lacking, loss } = found
  const all = [chain.source, ...chain.steps]
  const quality = worstQuality(all.map(({ judged }) => judged.judgement.quality))
  const parts = loss?.attribution.parts ?? []
  switch (outcome) {
    case 'found': {
      const abnormal = parts.filter(({ verdict }) => verdict === 'abnormal')
      const confidence = isDown(chain.source) ? chain.source.judged.judgement.confidence : 0.97
      return { value: 'abnormal', confidence, reasons: abnormal.map(({ reason }) => reason), quality }
    }
    case 'none': {
      const confidence = Math.min(...all.map(({ judged }) => judged.judgement.confidence))
      return { value: 'normal', confidence, reasons: parts.map(({ reason }) => reason), quality }
    }
    case 'inconclusive':
      return { value: 'inconclusive', confidence: 1, reasons: inconclusiveReasons(chain, lacking, loss), quality }
  }
}

function inconclusiveReasons(chain: JudgedChain, lacking: Lacking | null, loss: Loss | null): string[] {
  const unseen = [chain.source, ...chain.steps].filter(({ judged }) => judged.judgement.value === 'inconclusive')
  const reasons = unseen.map(unseenReason)
  if (lacking) {
    const events = eventsOf(chain.source.judged.unit)
    const gap = percent(chain.source.judged.judgement.deviation ?? 0)
    reasons.unshift(
      `Only ${lacking.events} ${events} in ${lacking.minutes} min, ${gap} fewer than expected: ${lacking.lacking} more events are needed to tell whether the chain loses any`,
    )
  }
  const weak = (loss?.attribution.parts ?? [])
    .filter(({ verdict }) => verdict === 'inconclusive')
    .map(({ reason }) => reason)
  return [...new Set([...reasons, ...weak])]
}

function summaryOf(found: Found, outcome: Outcome): string {
  const { chain, loss } = found
  const part = losingPart(found)
  switch (outcome) {
    case 'found': {
      if (!loss || !part) return 'A loss was found'
      const rest = loss.losing.filter(({ id }) => id !== part.id).map(({ title }) => title)
      const also = rest.length > 0 ? `; also ${listText(rest)}` : ''
      const points = (change: number) => ((-change / Math.max(loss.attribution.expected, 1e-9)) * 100).toFixed(1)
      return `${part.title} lost ${points(part.change)} points of the expected volume${also}`
    }
    case 'none':
      return `${plural(chain.chain.title)}: no step loses more than usual`
    case 'inconclusive':
      return inconclusiveReasons(chain, found.lacking, loss)[0] ?? 'Cannot judge'
  }
}

function hypothesesOf(found: Found, outcome: Outcome, model: Model): Hypothesis[] {
  const { chain, loss, investigation } = found
  const sourcePart = loss?.attribution.parts[0]
  const share =
    loss && sourcePart && loss.attribution.change < 0 ? Math.min(1, sourcePart.change / loss.attribution.change) : 0
  const isAlone = outcome === 'found' && (loss?.losing.length ?? 0) === 0
  const source = sourceHypothesis(model, chain.source, isAlone ? 0.97 : Math.max(0.1, 0.9 * share))
  const areOthersSeen = loss?.attribution.parts.every(({ verdict }) => verdict !== 'inconclusive') ?? false
  if (isAlone && areOthersSeen && isDown(chain.source)) {
    source.cause += `; nothing is wrong inside ${insideName(model)}`
    source.supports.push(...(loss?.attribution.parts.slice(1).map(({ reason }) => reason) ?? []))
  }
  return [source, ...(investigation?.hypotheses ?? [])]
}
