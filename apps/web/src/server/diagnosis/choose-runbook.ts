/** Which runbook looks into a subject: by what runbooks say they diagnose. Pure. */
import type { Diagnoses, Parameter, Symptom } from '@tenon/runbook'
import { fillParams } from './fill-params.ts'
import { facetsOf, type Subject } from './subject.ts'

export interface Candidate {
  name: string
  title: string
  diagnoses: Diagnoses
  params: Readonly<Record<string, Parameter>>
}

export interface Choice {
  runbook: string
  title: string
  /** One line for people: "latency of Payment: Latency rise". */
  why: string
  /** Chosen because nothing is for this symptom. */
  general: boolean
  params: Record<string, unknown>
}

/** Runbooks that say they are for it, and what of it they cannot be given. */
export interface NoChoice {
  wanted: string
  near: { runbook: string; title: string; lacks: string[] }[]
}

/**
 * The most special runbook that can be given the subject: one for its symptom before the general one; of those, one for the subject itself before one
 * for what it leads to (an alert's service, a service's chain); then the one that is for less; ties by name.
 */
export function chooseRunbook(subject: Subject, candidates: readonly Candidate[]): Choice | NoChoice {
  const facets = facetsOf(subject)
  const fitting = candidates
    .flatMap((candidate) => rankOf(candidate, { facets, symptom: subject.symptom }) ?? [])
    .toSorted((one, other) => compare(one, other))
  const near: NoChoice['near'] = []
  for (const { candidate, general } of fitting) {
    const filled = fillParams(candidate.params, subject)
    const { name, title } = candidate
    if (filled.ok)
      return { runbook: name, title, why: whyOf(subject, { title, general }), general, params: filled.params }
    near.push({ runbook: name, title, lacks: filled.lacks })
  }
  return { wanted: symptomOf(subject), near }
}

interface Ranked {
  candidate: Candidate
  general: boolean
  /** Place of its subject among those that fit; lower is more special. */
  facet: number
  breadth: number
}

function rankOf(candidate: Candidate, of: { facets: readonly string[]; symptom: Symptom }): Ranked | null {
  const { subjects, symptoms } = candidate.diagnoses
  const facet = of.facets.findIndex((one) => subjects.includes(one))
  if (facet < 0) return null
  const isFor = symptoms.includes(of.symptom)
  if (!isFor && !symptoms.includes('any')) return null
  // What is asked without a symptom is answered by the general one, and by nothing better.
  const general = !isFor || of.symptom === 'any'
  return { candidate, general, facet, breadth: subjects.length + symptoms.length }
}

function compare(one: Ranked, other: Ranked): number {
  return (
    Number(one.general) - Number(other.general) ||
    one.facet - other.facet ||
    one.breadth - other.breadth ||
    (one.candidate.name < other.candidate.name ? -1 : 1)
  )
}

function whyOf(subject: Subject, { title, general }: { title: string; general: boolean }): string {
  if (subject.symptom === 'any') return `${subject.title}: ${title}`
  return general
    ? `${symptomOf(subject)}: ${title}, the general one, as no runbook is for this symptom`
    : `${symptomOf(subject)}: ${title}`
}

/** "latency of Payment". */
export function symptomOf({ symptom, title }: Pick<Subject, 'symptom' | 'title'>): string {
  switch (symptom) {
    case 'drop':
      return `drop of ${title}`
    case 'latency':
      return `latency of ${title}`
    case 'errors':
      return `errors of ${title}`
    case 'saturation':
      return `saturation of ${title}`
    case 'low-traffic':
      return `low traffic of ${title}`
    case 'outlier':
      return `${title} against its peers`
    case 'source':
      return `${title} against its source`
    case 'any':
      return title
  }
}
