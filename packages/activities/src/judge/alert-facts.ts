/** What the data say of an alert: its own measure, or those of its entity that its rule watches, judged over its last minutes. */
import { judgeRareEvents, signalOf, type Signal, type TriageFact } from '@tenon/analysis'
import { dimensionValue, indexModel, type DataService } from '@tenon/data'
import type { Evidence } from '@tenon/runbook'
import type { AlertRecord } from '../node.ts'
import { attributeLoss } from './attribute-loss.ts'
import { fetchAndJudge, recentStepSeconds, seriesEvidence, type Judged } from './fetch-and-judge.ts'
import { percent, valueText } from './figures.ts'
import { goldenMeasures, type Aspect } from './golden-measures.ts'
import { isDown, judgeChain, nameOf, type JudgedChain } from './judge-chain.ts'
import { eventsOver } from './mean-over.ts'
import { isWrong } from './judged-series.ts'

export interface AlertFact {
  fact: TriageFact
  evidence: Evidence[]
}

/** As short as data of one point each half minute allow: an alert is about now. */
const windowMinutes = 5
const chainMinutes = 15
const minute = 60_000
/** The window holds little of an alert that is younger. */
const ownMinutes = 3
const mostMeasures = 3
const shownPoints = 60
/** Of a verdict that is to silence something. */
const sureEnough = 0.6
/** An alert fires at the worst of many moments, so that a score that would do of itself says little of one. */
const sureScore = 8
/** What few events are compared with. */
const baselineMinutes = 240

interface Target {
  ref: string
  where: Record<string, string>
  aspect: Aspect | null
}

/** One for all alerts of a run: what several ask for is judged once. */
export function createAlertFacts(data: DataService, asOf: number) {
  const chains = new Map<string, Promise<JudgedChain | null>>()
  const judged = new Map<string, Promise<Judged | null>>()

  const remember = <T>(
    known: Map<string, Promise<T | null>>,
    key: string,
    make: () => Promise<T>,
  ): Promise<T | null> => {
    // A source that does not answer makes an alert undetermined, which is told; it does not end the judgement of the others.
    const made = known.get(key) ?? make().catch(() => null)
    known.set(key, made)
    return made
  }
  const judge = ({ ref, where }: Target): Promise<Judged | null> =>
    remember(judged, `${ref} ${JSON.stringify(where)}`, () =>
      fetchAndJudge(data, { measure: ref, where, windowMinutes, asOf }),
    )

  return {
    async of(alert: AlertRecord): Promise<AlertFact> {
      const targets = targetsOf(data, alert).slice(0, mostMeasures)
      if (targets.length === 0) return unknown('The model has no measure of what it is about.')
      const results = await Promise.all(targets.map(async (target) => ({ ...target, judged: await judge(target) })))
      const seen = results.flatMap(({ judged: one, ...target }) => (one ? [{ ...target, judged: one }] : []))
      const [first] = seen
      if (!first) return unknown('Its data could not be read.')
      const wrong = seen.filter((one) => isWrong({ ...one, title: one.judged.title, group: {} }))
      const evidence = [...wrong, ...seen.filter((one) => !wrong.includes(one))]
        .slice(0, 1)
        .map(({ judged: one }) => chartOf(alert, one))
      // A share of few events is for exact tests: the judgement of a series knows only the share.
      const few = await fewEvents(alert, seen)
      if (few) return { fact: few, evidence }
      const fell = wrong.find(({ judged: one }) => one.kind === 'count' && (one.judgement.deviation ?? 0) < 0)
      const fromSource = fell && (await sourceOf(alert, fell.judged))
      if (fromSource) return { fact: { kind: 'source-drop', reason: fromSource }, evidence }
      const [worst] = wrong
      if (worst) {
        const isSure = Math.abs(worst.judged.judgement.score ?? 0) >= sureScore
        return { fact: { kind: 'abnormal', reason: sentence(worst.judged), isSure }, evidence }
      }
      const isOld = asOf - Date.parse(alert.startsAt) >= ownMinutes * minute
      const allNormal = seen.every(
        ({ judged: { judgement } }) => judgement.value === 'normal' && judgement.confidence >= sureEnough,
      )
      if (allNormal && isOld && seen.length === results.length)
        return { fact: { kind: 'normal', reason: sentence(first.judged) }, evidence }
      const lacking = seen.find(({ judged: { judgement } }) => judgement.value === 'inconclusive') ?? first
      return { fact: { kind: 'unknown', reason: sentence(lacking.judged) }, evidence }
    },
  }

  /** A sentence when less comes in at the source of a chain that the entity is a step of, and the entity fell no more than that. */
  async function sourceOf(alert: AlertRecord, fell: Judged): Promise<string | null> {
    const entity = serviceOf(data, alert.entity)
    for (const { id, steps } of data.model.chains) {
      if (!steps.some((step) => step.entity === entity)) continue
      const chain = await remember(chains, id, () => judgeChain(data, id, { windowMinutes: chainMinutes, asOf }))
      if (!chain || !isDown(chain.source)) continue
      const losing = attributeLoss(chain, asOf, chain.windowMinutes)?.losing ?? []
      if (losing.some((part) => chain.steps.some(({ step }) => step.id === part.id && step.entity === entity))) continue
      const [own, atSource] = [fell.judgement.deviation ?? 0, chain.source.judged.judgement.deviation ?? 0]
      if (entity !== chain.source.step.entity && own < atSource - 0.1) continue
      const name = nameOf(data.model, chain.source.step.entity)
      return `${name} sends ${percent(atSource)} less than usual; ${fell.title} ${entity === chain.source.step.entity ? 'is that' : 'follows'}: ${percent(own)} below expected.`
    }
    return null
  }

  /** Of a share of few events: whether so many can be wrong by chance. */
  async function fewEvents(alert: AlertRecord, seen: (Target & { judged: Judged })[]): Promise<TriageFact | null> {
    const share = seen.find(({ judged: one }) => one.kind === 'ratio')
    const traffic =
      alert.entity === null
        ? undefined
        : goldenMeasures(data.model, alert.entity).find(({ aspect }) => aspect === 'traffic')
    if (!share || !traffic) return null
    const counted = await judge({ ref: traffic.ref, where: traffic.where, aspect: 'traffic' })
    const { actual, expected } = share.judged.judgement
    if (!counted || actual === null || expected === null) return null
    const events = eventsOver(counted.recent, {
      from: asOf - windowMinutes * minute,
      to: asOf,
      stepSeconds: recentStepSeconds,
    })
    if (events >= counted.minimumEvents) return null
    const before = eventsOver(counted.recent, {
      from: asOf - baselineMinutes * minute,
      to: asOf - windowMinutes * minute,
      stepSeconds: recentStepSeconds,
    })
    // Of success shares what is lacking to 1 goes wrong, of error shares the share itself.
    const wrongOf = (value: number): number => Math.min(1, Math.max(0, expected > 0.5 ? 1 - value : value))
    const shareOf = (trials: number, value: number) => ({ hits: Math.round(trials * wrongOf(value)), trials })
    const [now, usual] = [shareOf(Math.round(events), actual), shareOf(Math.round(before), expected)]
    const judgement = judgeRareEvents({ of: 'share', ...now, baseline: usual }, { bad: 'up' })
    const [why = ''] = judgement.reasons
    const needs = judgement.needs === null ? '' : ` Needs ${judgement.needs} more events to tell.`
    switch (judgement.value) {
      case 'abnormal':
        return { kind: 'abnormal', reason: `${share.judged.title}: ${why}` }
      case 'normal':
        return { kind: 'normal', reason: `${share.judged.title}: ${why}` }
      case 'inconclusive':
        return { kind: 'low-traffic', reason: `${share.judged.title}: ${why}${needs}` }
    }
  }
}

const unknown = (reason: string): AlertFact => ({ fact: { kind: 'unknown', reason }, evidence: [] })

const aspectOf: Record<Signal, Aspect | null> = {
  latency: 'latency',
  errors: 'errors',
  traffic: 'traffic',
  saturation: 'saturation',
  other: null,
}

function targetsOf(data: DataService, { name, entity, measure }: AlertRecord): Target[] {
  const index = indexModel(data.model)
  const about = entity === null ? null : index.entity(entity)
  const aspect = aspectOf[signalOf(name)]
  if (measure !== null) {
    const place = index.measure(measure)
    if (!place) return []
    const where = about && place.dimensions.includes(about.kind) ? { [about.kind]: dimensionValue(about) } : {}
    return [{ ref: measure, where, aspect }]
  }
  if (entity === null) return []
  return goldenMeasures(data.model, entity).filter((one) => aspect === null || one.aspect === aspect)
}

/** Chains are of services: a host speaks for its own. */
function serviceOf(data: DataService, entity: string | null): string | null {
  if (entity === null) return null
  return indexModel(data.model).entity(entity)?.attributes['service'] ?? entity
}

function sentence({ title, unit, judgement }: Judged): string {
  const { value, actual, expected, deviation, reasons } = judgement
  if (value === 'inconclusive' || actual === null || expected === null) return `${title}: ${reasons[0] ?? 'not known'}.`
  const figures = `${valueText(actual, unit)}, expected ${valueText(expected, unit)}`
  if (value === 'normal') return `${title} is as usual at this time: ${figures}.`
  // Thousands of per cent say less than the figures.
  if (Math.abs(deviation ?? 0) > 3) return `${title}: ${figures}.`
  return `${title} is ${percent(deviation ?? 0)} ${(deviation ?? 0) < 0 ? 'below' : 'above'} expected: ${figures}.`
}

/** The last half hour, with when the alert began: it is kept with the alert. */
function chartOf({ id, name, startsAt }: AlertRecord, judged: Judged): Evidence {
  const chart = seriesEvidence(judged, {
    id: `alert-${id}`,
    marks: [{ at: Date.parse(startsAt), label: name, kind: 'alert' }],
  })
  if (chart.kind !== 'series') return chart
  return {
    ...chart,
    series: chart.series.map(({ name: line, points }) => ({ name: line, points: points.slice(-shownPoints) })),
    ...(chart.band ? { band: chart.band.slice(-shownPoints) } : {}),
  }
}
