/** A link that asks for a diagnosis, as alert texts, wikis and chats write it: `/diagnose?chain=card-payment&symptom=drop`. Pure. */
import type { DiagnoseAbout, DiagnoseSubject } from '../ui/use-diagnose.ts'

export interface LinkAsked {
  subject: DiagnoseSubject
  about: DiagnoseAbout
}

const kinds = ['chain', 'entity', 'alert', 'measure'] as const
const symptoms = ['drop', 'latency', 'errors', 'saturation', 'low-traffic', 'outlier', 'source', 'any'] as const

/**
 * @returns a sentence on what is wrong with the link where it cannot be read: a link that is guessed at diagnoses something else.
 * @example askedOf(new URLSearchParams('entity=payment&symptom=latency'))
 */
export function askedOf(params: Pick<URLSearchParams, 'get' | 'getAll'>): LinkAsked | string {
  const named = kinds.filter((kind) => params.get(kind))
  const [kind, ...more] = named
  if (kind === undefined) return 'The link names no chain, entity, alert or measure.'
  if (more.length > 0) return `The link names ${named.join(' and ')}: one of them is meant.`
  const wanted = params.get('symptom')
  const symptom = symptoms.find((one) => one === wanted)
  if (wanted && !symptom) return `"${wanted}" is no symptom. There are ${symptoms.join(', ')}.`
  const times: DiagnoseAbout = {}
  for (const name of ['at', 'since', 'until'] as const) {
    const text = params.get(name)
    if (!text) continue
    const time = timeOf(text)
    if (time === null) return `"${text}" is no time. Write ${name} like 2026-03-01T10:00:00Z, or in unix milliseconds.`
    times[name] = time
  }
  const where = Object.fromEntries(
    params.getAll('f').flatMap((filter) => {
      const colon = filter.indexOf(':')
      return colon < 1 ? [] : [[filter.slice(0, colon), filter.slice(colon + 1)]]
    }),
  )
  return {
    subject: { kind, id: params.get(kind) ?? '', ...(Object.keys(where).length > 0 ? { where } : {}) },
    about: { ...(symptom ? { symptom } : {}), ...times },
  }
}

/** Grafana and alert templates write unix milliseconds; people write ISO 8601. */
function timeOf(text: string): string | null {
  const at = /^\d{13}$/.test(text)
    ? Number(text)
    : /^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:\d\d)$/.test(text)
      ? Date.parse(text)
      : NaN
  return Number.isNaN(at) ? null : new Date(at).toISOString()
}
