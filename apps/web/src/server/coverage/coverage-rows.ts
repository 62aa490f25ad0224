/** What has a runbook and what has none: chains, services and alerts against what runbooks say they diagnose. Reads nothing. */
import type { AlertCounts } from '@tenon/db'
import { indexModel, type Model } from '@tenon/data'
import type { Symptom } from '@tenon/runbook'
import { type Candidate, chooseRunbook } from '../diagnosis/choose-runbook.ts'
import { symptomOfMeasure } from '../diagnosis/infer-symptom.ts'
import { resolveSubject } from '../diagnosis/resolve-subject.ts'
import type { Subject } from '../diagnosis/subject.ts'

export interface CoveredSymptom {
  symptom: Symptom
  /** What Diagnose would choose; null when nothing fits. */
  runbook: { name: string; title: string } | null
  /** Only the general one fits. */
  general: boolean
}

export interface CoverageRow {
  kind: 'chain' | 'entity' | 'alert'
  /** Of an alert its rule's name. */
  id: string
  title: string
  owner: string | null
  /** Kind of the entity, for entities. */
  entityKind: string | null
  /** Firings in the days that are looked at. */
  alerts: number
  /** Business chains that it is a step of, or whose alert it is; 1 for a chain itself. */
  chains: number
  /** What its measures can show, or what the alert tells. */
  symptoms: CoveredSymptom[]
  /** `none`: Diagnose refuses. `general`: no symptom has a runbook of its own. `partly`: some have. `covered`: all have. */
  state: 'none' | 'general' | 'partly' | 'covered'
}

export interface CoverageInput {
  model: Model
  candidates: readonly Candidate[]
  alerts: AlertCounts
  now: number
}

/** Kinds of entities that are diagnosed for themselves; hosts and zones are by what runs on them. */
const diagnosedKinds: ReadonlySet<string> = new Set(['service', 'database', 'queue', 'cache', 'source'])
const mostEntities = 500

/** Gaps first, of those the most important: what is in a business chain, then what alerts most. */
export async function coverageRows(input: CoverageInput): Promise<CoverageRow[]> {
  const { model, alerts } = input
  const chains = await Promise.all(model.chains.map((chain) => chainRow(chain, input)))
  const inChains = Map.groupBy(
    model.chains.flatMap(({ id, steps }) =>
      [...new Set(steps.map(({ entity }) => entity))].map((entity) => ({ id, entity })),
    ),
    ({ entity }) => entity,
  )
  const weightOf = (id: string): number => (inChains.get(id)?.length ?? 0) * 1_000 + (alerts.entities.get(id) ?? 0)
  const entities = model.entities
    .filter(({ id, kind }) => diagnosedKinds.has(kind) || inChains.has(id))
    .toSorted((one, other) => weightOf(other.id) - weightOf(one.id))
    .slice(0, mostEntities)
  const ofEntities = await Promise.all(
    entities.map((entity) => entityRow(entity, input, inChains.get(entity.id)?.length ?? 0)),
  )
  const ofAlerts = await Promise.all(
    alerts.names.map((alert) =>
      alertRow(alert, input, alert.entity === null ? 0 : (inChains.get(alert.entity)?.length ?? 0)),
    ),
  )
  return [...chains, ...ofEntities, ...ofAlerts].toSorted(
    (one, other) =>
      gapOf(one) - gapOf(other) ||
      Math.sign(other.chains) - Math.sign(one.chains) ||
      other.alerts - one.alerts ||
      one.title.localeCompare(other.title),
  )
}

const gapOf = ({ state }: CoverageRow): number => ['none', 'general', 'partly', 'covered'].indexOf(state)

async function chainRow(
  { id, title, owner, steps }: Model['chains'][number],
  input: CoverageInput,
): Promise<CoverageRow> {
  const { model, alerts } = input
  const refs = steps.flatMap(({ measure, latency }) => [measure, latency ?? []].flat())
  // What comes out at its end is what a chain is for, whatever its measures are called.
  const symptoms = new Set<Symptom>(['drop', ...symptomsOf(refs, model)])
  const ofSteps = new Set(steps.map(({ entity }) => entity))
  return {
    kind: 'chain',
    id,
    title,
    owner: owner ?? null,
    entityKind: null,
    alerts: [...ofSteps].reduce((sum, entity) => sum + (alerts.entities.get(entity) ?? 0), 0),
    chains: 1,
    ...(await covered({ kind: 'chain', id }, [...symptoms], input)),
  }
}

async function entityRow(
  entity: Model['entities'][number],
  input: CoverageInput,
  chains: number,
): Promise<CoverageRow> {
  const { id, kind, title, owner } = entity
  const refs = indexModel(input.model)
    .measuresOf(id)
    .map(({ ref }) => ref)
  const symptoms = symptomsOf(refs, input.model)
  return {
    kind: 'entity',
    id,
    title: title ?? id,
    owner: owner ?? null,
    entityKind: kind,
    alerts: input.alerts.entities.get(id) ?? 0,
    chains,
    ...(await covered({ kind: 'entity', id }, symptoms.length > 0 ? symptoms : ['any'], input)),
  }
}

async function alertRow(
  alert: AlertCounts['names'][number],
  input: CoverageInput,
  chains: number,
): Promise<CoverageRow> {
  const { name, count, entity } = alert
  const facts = { ...alert, id: name, startsAt: alert.newest.toISOString(), endsAt: null }
  const subject = await resolveSubject(
    { subject: { kind: 'alert', id: name } },
    { model: input.model, alert: async () => facts, now: input.now },
  )
  return {
    kind: 'alert',
    id: name,
    title: name,
    owner: entity === null ? null : (indexModel(input.model).entity(entity)?.owner ?? null),
    entityKind: null,
    alerts: count,
    chains,
    ...stateOf([symptomOf(subject, input.candidates)]),
  }
}

function symptomsOf(refs: readonly string[], model: Model): Symptom[] {
  const index = indexModel(model)
  const found = new Set<Symptom>()
  for (const ref of refs) {
    const place = index.measure(ref)
    const symptom = place ? symptomOfMeasure(place.measureId, place.measure) : 'any'
    if (symptom !== 'any') found.add(symptom)
  }
  return [...found]
}

async function covered(
  subject: { kind: 'chain' | 'entity'; id: string },
  symptoms: readonly Symptom[],
  { model, candidates, now }: CoverageInput,
): Promise<Pick<CoverageRow, 'symptoms' | 'state'>> {
  const known = { model, alert: async () => null, now }
  const resolved = await Promise.all(symptoms.map((symptom) => resolveSubject({ subject, symptom }, known)))
  return stateOf(resolved.map((one) => symptomOf(one, candidates)))
}

function symptomOf(subject: Subject, candidates: readonly Candidate[]): CoveredSymptom {
  const { symptom } = subject
  const choice = chooseRunbook(subject, candidates)
  if (!('runbook' in choice)) return { symptom, runbook: null, general: false }
  return { symptom, runbook: { name: choice.runbook, title: choice.title }, general: choice.general }
}

function stateOf(symptoms: CoveredSymptom[]): Pick<CoverageRow, 'symptoms' | 'state'> {
  const own = symptoms.filter(({ runbook, general }) => runbook !== null && !general).length
  const any = symptoms.some(({ runbook }) => runbook !== null)
  const state = !any ? 'none' : own === 0 ? 'general' : own < symptoms.length ? 'partly' : 'covered'
  return { symptoms, state }
}
