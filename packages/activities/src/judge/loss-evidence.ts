/** Charts and tables of a chain's loss. */
import type { AttributionPart } from '@tenon/analysis'
import { dependencyKinds, indexModel, type DataService } from '@tenon/data'
import type { Evidence, VerdictValue } from '@tenon/runbook'
import type { ChangeRecord } from '../node.ts'
import type { Loss } from './attribute-loss.ts'
import { recentStepSeconds, seriesEvidence, type Mark } from './fetch-and-judge.ts'
import { shortestWay, type Link } from './dependency-path.ts'
import type { Investigation } from './investigate-loss.ts'
import { isUp, nameOf, type JudgedChain } from './judge-chain.ts'
import { zoneRows } from './loss-place.ts'
import { headOf, successMeasures } from './success-measures.ts'

const minute = 60_000
/** From here on a dependency is on the way to the cause. */
const standsLikelihood = 0.3

export function waterfallEvidence(chain: JudgedChain, { attribution, minutes }: Loss): Evidence {
  const queries = [chain.source, ...chain.steps].flatMap(({ judged }) => judged.queries.slice(0, 1))
  return {
    id: 'waterfall',
    kind: 'waterfall',
    title: `${chain.chain.title}: where the change comes from`,
    subtitle: `Mean of the last ${minutes} min; the parts sum to the whole`,
    verdict: attribution.parts.some(({ verdict }) => verdict === 'abnormal') ? 'abnormal' : 'normal',
    unit: chain.last.judged.unit,
    expected: attribution.expected,
    actual: attribution.actual,
    parts: attribution.parts.map(({ title, change, verdict }: AttributionPart) => ({ name: title, change, verdict })),
    queries,
  }
}

/** Source and last step of the chain, always; what the loss was found with, when there is one. */
export async function lossCharts(
  data: DataService,
  chain: JudgedChain,
  { investigation, changes, asOf }: { investigation: Investigation | null; changes: ChangeRecord[]; asOf: number },
): Promise<Evidence[]> {
  const marks = changes.map(({ id, title, startedAt }): Mark => ({
    at: startedAt,
    label: `${id} ${title}`,
    kind: 'change',
  }))
  const volume = [chain.source, chain.last].map((one) =>
    seriesEvidence(one.judged, { id: `volume-${one.step.id}`, marks }),
  )
  if (investigation === null) return volume
  const { rate, dependencies, place, losing } = investigation
  const parts = await partsEvidence(data, investigation, { marks, asOf })
  const abnormal = dependencies.flatMap(({ judged }) =>
    judged.filter(({ judgement }) => judgement.value === 'abnormal'),
  )
  return [
    ...parts,
    ...(rate ? [seriesEvidence(rate, { id: 'success-rate', marks })] : []),
    ...(place && place.controls.length > 0 ? [zonesEvidence(losing.step.entity, investigation)] : []),
    ...abnormal.map((judged) => seriesEvidence(judged, { id: `dependency-${judged.measure}`, marks })),
    ...volume,
  ]
}

/** The success rate of the failing part against the rest of the same service. */
async function partsEvidence(
  data: DataService,
  { losing, place, localised, onset }: Investigation,
  { marks, asOf }: { marks: Mark[]; asOf: number },
): Promise<Evidence[]> {
  const success = successMeasures(data.model, headOf(losing.step.measure))
  if (place === null || localised === null || success === null || !success.dimensions.includes('host')) return []
  const failing = localised.hosts
  const all = [...new Set(place.cells.flatMap(({ dimensions }) => dimensions['host'] ?? []))]
  const rest = all.filter((host) => !failing.includes(host))
  if (failing.length === 0 || rest.length === 0) return []
  const query = { measure: success.rate, from: onset - 60 * minute, to: asOf, stepSeconds: recentStepSeconds, asOf }
  const [inside, outside] = await Promise.all([
    data.data({ ...query, where: { host: failing } }),
    data.data({ ...query, where: { host: rest } }),
  ])
  const name = place.localisation.best?.text ?? 'failing hosts'
  return [
    {
      id: 'failing-part',
      kind: 'series',
      title: `${inside.series[0] ? 'Success rate' : success.rate}: ${name} against the rest`,
      subtitle: place.localisation.reason,
      verdict: 'abnormal',
      unit: inside.unit,
      series: [
        { name, points: inside.series[0]?.points ?? [] },
        { name: 'the rest', points: outside.series[0]?.points ?? [] },
      ],
      marks: [{ at: onset, label: 'onset', kind: 'onset' }, ...marks],
      queries: [inside.query, outside.query],
    },
  ]
}

function zonesEvidence(entity: string, { place, localised }: Investigation): Evidence {
  return {
    id: 'zones',
    kind: 'table',
    title: 'Failing requests by zone, service by service',
    ...(localised?.zone ? { subtitle: `All failing hosts of ${entity} are in zone ${localised.zone}` } : {}),
    columns: [
      { key: 'service', label: 'Service' },
      { key: 'zone', label: 'Zone' },
      { key: 'now', label: 'Since the onset' },
      { key: 'before', label: 'Hour before' },
    ],
    rows: place ? zoneRows(entity, place) : [],
  }
}

/** The chain's entities and what they call, with what was found of each. */
export function topologyEvidence(data: DataService, chain: JudgedChain, investigation: Investigation | null): Evidence {
  const { model } = data
  const verdicts = new Map<string, VerdictValue>()
  for (const one of [chain.source, ...chain.steps]) {
    verdicts.set(one.step.entity, isUp(one) ? 'normal' : one.judged.judgement.value)
  }
  if (investigation) {
    // A later step falls because an earlier one loses: only what loses itself is abnormal here.
    for (const part of investigation.loss.attribution.parts) {
      const step = [chain.source, ...chain.steps].find(({ step: { id } }) => id === part.id)
      if (step) verdicts.set(step.step.entity, part.verdict)
    }
    for (const { entity, judged } of investigation.dependencies) {
      const values = judged.map(({ judgement }) => judgement.value)
      verdicts.set(
        entity,
        values.includes('abnormal') ? 'abnormal' : values.includes('inconclusive') ? 'inconclusive' : 'normal',
      )
    }
  }
  const index = indexModel(model)
  const near = new Set(verdicts.keys())
  for (const id of verdicts.keys())
    for (const { from, to, kind } of [...index.relationsFrom(id), ...index.relationsTo(id)])
      if (dependencyKinds.includes(kind)) near.add(from).add(to)
  const calls = [...near].flatMap((id) => index.relationsFrom(id)).filter(({ kind }) => dependencyKinds.includes(kind))
  const hot = hotWay(chain, investigation, calls)
  return {
    id: 'topology',
    kind: 'topology',
    title: 'The chain and what it depends on',
    nodes: [...near].map((id) => {
      const verdict = verdicts.get(id)
      const title = index.entity(id)?.title ?? nameOf(model, id)
      return { id, title, ...(verdict ? { verdict } : {}) }
    }),
    edges: calls
      .filter(({ to }) => near.has(to))
      .map(({ from, to }) => ({ from, to, ...(isIn(hot, { from, to }) ? { hot: true } : {}) })),
  }
}

const isIn = (links: readonly Link[], { from, to }: Link): boolean =>
  links.some((link) => link.from === from && link.to === to)

/** From where the chain begins to what loses, and on to what it depends on where that is a likely cause: what is ruled out is not on the way. */
function hotWay(chain: JudgedChain, investigation: Investigation | null, calls: readonly Link[]): Link[] {
  if (investigation === null) return []
  const { losing, hypotheses } = investigation
  const { entity } = losing.step
  // Not every chain's source is said to call what comes after it.
  const starts = [chain.source, ...chain.steps].map(({ step }) => step.entity)
  const way = starts.map((start) => shortestWay(start, entity, calls)).find((found) => found.length > 0) ?? []
  const standing = hypotheses.filter(({ kind, likelihood }) => kind === 'dependency' && likelihood >= standsLikelihood)
  return [...way, ...standing.flatMap(({ key }) => shortestWay(entity, key.replace('dependency:', ''), calls))]
}
