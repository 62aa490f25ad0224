import * as z from 'zod'
import { isObject } from '../value-type.ts'
import { mostEvents, type IncomingProblem, type ParsedEvents } from './incoming-event.ts'

type Read = { ok: true; value: unknown } | { ok: false; problem: IncomingProblem }

/** Deeper values are no events; what walks them later may be recursive. */
const deepest = 64

/** The body as JSON, within the limits. Never throws. */
export function readEventJson(body: string): Read {
  if (nesting(body) > deepest) {
    return refuse('nested-too-deep', { message: `The body is nested deeper than ${deepest}.`, fix: 'Send less.' })
  }
  try {
    const value: unknown = JSON.parse(body)
    return { ok: true, value }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return refuse('bad-json', { message: `The body is not JSON: ${reason}.`, fix: 'Send JSON in UTF-8.' })
  }
}

/** The body as one JSON object. */
export function readEventObject(
  body: string,
): { ok: true; value: Record<string, unknown> } | { ok: false; problem: IncomingProblem } {
  const read = readEventJson(body)
  if (!read.ok) return read
  if (isObject(read.value)) return { ok: true, value: read.value }
  return refuse('bad-event', {
    message: 'The body is not a JSON object.',
    fix: 'Send an object, like { "id": "..." }.',
  })
}

/** What zod says of a part of the body, as a problem with its place. */
export function shapeProblem(
  error: z.ZodError,
  { what, at = [], fix }: { what: string; at?: (string | number)[]; fix: string },
): { ok: false; problem: IncomingProblem } {
  const [issue] = error.issues
  const place = [...at, ...(issue?.path ?? [])].join('.')
  const message = `It is no ${what}: ${place === '' ? '' : `${place}: `}${issue?.message ?? 'its form is another'}.`
  return refuse('bad-event', { message, fix, place })
}

/** A problem when a request brings more events than one may. */
export function tooMany(count: number, place: string): ParsedEvents | null {
  if (count <= mostEvents) return null
  const message = `There are ${count} events in it; ${mostEvents} are allowed.`
  return refuse('too-many-events', { message, fix: 'Send them in several requests.', place })
}

export function refuse(
  code: IncomingProblem['code'],
  { message, fix, place = '' }: { message: string; fix: string; place?: string },
): { ok: false; problem: IncomingProblem } {
  return { ok: false, problem: { code, message, fix, place } }
}

/** Brackets outside of texts, counted before a parser sees them. */
function nesting(text: string): number {
  let depth = 0
  let most = 0
  let inText = false
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index]
    if (inText) {
      if (character === '\\') index += 1
      else if (character === '"') inText = false
    } else if (character === '"') inText = true
    else if (character === '{' || character === '[') most = Math.max(most, (depth += 1))
    else if (character === '}' || character === ']') depth -= 1
  }
  return most
}
