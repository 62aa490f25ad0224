/** A runbook's parameters from a subject, by type and name. */
import type { Parameter } from '@tenon/runbook'
import type { Subject } from './subject.ts'

export type Filled = { ok: true; params: Record<string, unknown> } | { ok: false; lacks: string[] }

/**
 * Fills what the subject tells; all else keeps its default.
 *
 * @returns what is lacking, when a parameter without a default stays empty, or nothing of the subject finds a place: such a run would look into
 *   something else.
 */
export function fillParams(declared: Readonly<Record<string, Parameter>>, subject: Subject): Filled {
  const params: Record<string, unknown> = {}
  const lacks: string[] = []
  let carries = false
  for (const [name, parameter] of Object.entries(declared)) {
    const value = valueOf(name, parameter, subject)
    if (value !== null) {
      params[name] = value.value
      carries ||= value.identifies
    } else if (parameter.default === undefined) lacks.push(`its parameter "${name}" (${parameter.type})`)
  }
  if (lacks.length > 0) return { ok: false, lacks }
  return carries ? { ok: true, params } : { ok: false, lacks: [`a parameter that takes ${nounOf(subject)}`] }
}

/** `identifies`: it says what the run looks into, not only when or how. */
function valueOf(name: string, { type }: Parameter, subject: Subject): { value: string; identifies: boolean } | null {
  const told = (value: string | null | undefined, identifies: boolean) =>
    value === null || value === undefined ? null : { value, identifies }
  switch (type) {
    case 'chain':
      return told(subject.chain?.id, true)
    case 'entity':
      return told(subject.entity?.id, true)
    case 'alert':
      return told(subject.alert?.id, true)
    case 'zone':
      return told(subject.zone, subject.entity?.kind === 'zone')
    case 'duration':
      return name === 'window' && subject.windowSeconds !== null
        ? told(`${Math.ceil(subject.windowSeconds / 60)}m`, false)
        : null
    case 'string':
      if (name === 'measure') return told(subject.measure, true)
      if (name === 'symptom') return told(subject.symptom, false)
      if (name === 'since') return told(subject.since, false)
      return null
    case 'number':
    case 'boolean':
    case 'list':
    case 'change':
      return null
  }
}

function nounOf({ chain, entity, alert }: Subject): string {
  if (alert) return 'an alert'
  return entity ? 'an entity' : chain ? 'a chain' : 'a measure'
}
