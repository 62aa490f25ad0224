/** One click: the runbook that fits a subject is chosen, given the subject and started. One path for pages, the API and the palette. */
import { createHash } from 'node:crypto'
import { canonicalJson, type RunTrigger } from '@tenon/runbook'
import type { Idempotency } from '@tenon/db'
import { ApiError } from '../errors.ts'
import type { Services } from '../services.ts'
import { startRun, type Started } from '../start-run.ts'
import { diagnosingRunbooks } from './candidates.ts'
import { chooseRunbook, symptomOf, type Choice, type NoChoice } from './choose-runbook.ts'
import { type Asked, resolveSubject } from './resolve-subject.ts'
import type { Subject } from './subject.ts'

type Parts = Pick<Services, 'db' | 'engine' | 'compile' | 'express' | 'data'>

export interface Diagnosis {
  runId: string
  /** Its name, and how people call it. */
  runbook: string
  title: string
  /** "latency of Payment: Latency rise" */
  why: string
  /** It was started before, and goes on. */
  joined: boolean
  started: Started
}

/** What would run, and on what: nothing is started. */
export interface Preview {
  title: string
  symptom: Subject['symptom']
  about: string
  runbook: { name: string; title: string }
  why: string
  general: boolean
  params: Record<string, unknown>
  /** ISO 8601; null for now. */
  asOf: string | null
}

/** @throws as `startDiagnosis` does, but for what starting may throw. */
export async function previewDiagnosis(services: Pick<Services, 'db' | 'data'>, asked: Asked): Promise<Preview> {
  const { subject, choice } = await decide(services, asked)
  const { symptom, title, asOf } = subject
  const { runbook: name, why, general, params } = choice
  return {
    title,
    symptom,
    about: symptomOf(subject),
    runbook: { name, title: choice.title },
    why,
    general,
    params,
    asOf: asOf === null ? null : new Date(asOf).toISOString(),
  }
}

/**
 * Starts the diagnosis of a subject, or joins the one of the same subject that goes on: two people who press at once look at one report.
 *
 * @param options.once the caller's own idempotency key; then that alone decides what is the same.
 * @throws ApiError `unknown-chain`, `unknown-entity`, `unknown-alert`, `bad-time`, `no-fitting-runbook`, and what `startRun` throws; DataError `unknown-measure`.
 */
export async function startDiagnosis(
  services: Parts,
  asked: Asked,
  { trigger, once }: { trigger: Pick<RunTrigger, 'kind' | 'by'>; once?: Idempotency },
): Promise<Diagnosis> {
  const { subject, choice } = await decide(services, asked)
  const { runbook, title, why, params } = choice
  const told = { runbook, title, why }
  const same = sameAs(subject, choice)
  const goingOn = once ? null : await services.db.runs.goingOn({ actor: same.now.actor, keys: same.recent })
  if (goingOn !== null) {
    const started: Started = { runId: goingOn, disposition: 'joined', created: false }
    return { ...told, runId: goingOn, joined: true, started }
  }
  const { kind, id } = subject
  const started = await startRun(services, {
    name: runbook,
    params,
    ...(subject.asOf === null ? {} : { asOf: subject.asOf }),
    trigger: { ...trigger, payload: { diagnosis: { subject: { kind, id }, symptom: subject.symptom, why } } },
    once: once ?? same.now,
  })
  return { ...told, runId: started.runId, joined: !started.created, started }
}

async function decide(
  services: Pick<Services, 'db' | 'data'>,
  asked: Asked,
): Promise<{ subject: Subject; choice: Choice }> {
  const [{ model }, candidates] = await Promise.all([services.data(), diagnosingRunbooks(services.db)])
  const subject = await resolveSubject(asked, { model, alert: (id) => services.db.alerts.get(id), now: Date.now() })
  const choice = chooseRunbook(subject, candidates)
  if ('runbook' in choice) return { subject, choice }
  throw noFittingRunbook(subject, choice)
}

function noFittingRunbook(subject: Subject, { wanted, near }: NoChoice): ApiError {
  const what = subject.entity?.kind ?? subject.kind
  const [first] = near
  return new ApiError({
    status: 409,
    code: 'no-fitting-runbook',
    message: first
      ? `The runbook "${first.title}" is for ${wanted}, but cannot be started from it: ${first.lacks.join(', ')} is not known.`
      : `No published runbook diagnoses ${wanted}.`,
    fix: first
      ? `Open "${first.runbook}" and give the parameter a default, or make a runbook for \`${what}\`.`
      : `In Runbooks press New from template, or add \`diagnoses: { subjects: [${what}], symptoms: [${subject.symptom}] }\` to one of yours, and publish it.`,
    detail: { subject: { kind: subject.kind, id: subject.id }, symptom: subject.symptom, near },
  })
}

/** Presses within it are one press, whoever presses. */
const slotMs = 10_000
/** A diagnosis that goes on for longer is not what a new press is for. */
const recentSlots = 9

/** Keys of the same diagnosis: of this moment, and of those that may go on since. */
function sameAs(subject: Subject, { runbook, params }: Choice): { now: Idempotency; recent: string[] } {
  const { kind, id, symptom, asOf } = subject
  // Of a moment in the past to the minute: two drags over the same fall end some pixels apart.
  const minute = asOf === null ? null : Math.floor(asOf / 60_000)
  const { since: _, ...place } = params
  const request = createHash('sha256')
    .update(canonicalJson({ kind, id, symptom, minute, runbook, params: place }))
    .digest('hex')
  const slot = Math.floor(Date.now() / slotMs)
  const keyOf = (before: number): string => `${request.slice(0, 40)}/${slot - before}`
  return {
    now: { actor: 'diagnosis', key: keyOf(0), request },
    recent: Array.from({ length: recentSlots }, (_one, before) => keyOf(before)),
  }
}
