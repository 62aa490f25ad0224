/** A run's parameters: checked against what the runbook declares, wherever they come from. */
import type { JsonSchema } from './catalogue.ts'
import type { Parameter, Problem } from './document.ts'
import { durationSeconds } from './duration.ts'
import { suggest } from './nearest.ts'
import { isObject } from './value-type.ts'

export type ParsedParams = { ok: true; params: Record<string, unknown> } | { ok: false; problems: Problem[] }

const longestText = 2000
const mostItems = 1000

/**
 * Fills in defaults and checks every value. Unknown names are refused: a misspelt parameter must not silently be its default.
 *
 * @param given what a caller sent; undefined counts as none.
 */
export function parseParams(declared: Readonly<Record<string, Parameter>>, given: unknown): ParsedParams {
  if (given !== undefined && given !== null && !isObject(given)) {
    const message = 'The parameters must be an object.'
    return { ok: false, problems: [problem('params-type', { message, fix: 'Send { "name": value }.' }, [])] }
  }
  const values = given ?? {}
  const params: Record<string, unknown> = {}
  const problems: Problem[] = []
  for (const name of Object.keys(values)) {
    if (Object.hasOwn(declared, name)) continue
    const message = `There is no parameter "${name}".`
    problems.push(problem('param-unknown', { message, fix: suggest(name, Object.keys(declared), 'parameter') }, [name]))
  }
  for (const [name, parameter] of Object.entries(declared)) {
    const value: unknown = Object.hasOwn(values, name) ? Reflect.get(values, name) : parameter.default
    if (value === undefined) {
      const fix = parameter.description ?? `Give ${wanted(parameter)}.`
      problems.push(problem('param-missing', { message: `The parameter "${name}" is missing.`, fix }, [name]))
      continue
    }
    const wrong = parameterProblem(parameter, value)
    if (wrong) {
      const message = `The parameter "${name}" ${wrong.message}`
      problems.push(problem('param-type', { message, fix: wrong.fix }, [name]))
    } else params[name] = value
  }
  return problems.length === 0 ? { ok: true, params } : { ok: false, problems }
}

function problem(code: string, { message, fix }: Pick<Problem, 'message' | 'fix'>, path: string[]): Problem {
  return { code, severity: 'error', message, fix, path: ['params', ...path] }
}

/** Why a value does not fit, as the end of a sentence; null when it does. */
export function parameterProblem({ type }: Parameter, value: unknown): { message: string; fix: string } | null {
  switch (type) {
    case 'number':
      if (typeof value === 'number' && Number.isFinite(value)) return null
      return { message: 'is not a number.', fix: 'Give a number.' }
    case 'boolean':
      return typeof value === 'boolean' ? null : { message: 'is not true or false.', fix: 'Give true or false.' }
    case 'duration':
      if (typeof value === 'string' && durationSeconds(value) !== null) return null
      return { message: 'is not a duration.', fix: 'Write a duration like 30s, 15m, 2h or 1d.' }
    case 'list':
      return listProblem(value)
    case 'string':
    case 'chain':
    case 'entity':
    case 'zone':
    case 'alert':
    case 'change':
      if (typeof value !== 'string') return { message: 'is not text.', fix: `Give ${wanted({ type })}.` }
      if (value.length > longestText)
        return { message: `is longer than ${longestText} characters.`, fix: 'Shorten it.' }
      // No database keeps it in text.
      if (value.includes('\0')) return { message: 'has a NUL character in it.', fix: 'Remove it.' }
      if (type !== 'string' && value === '') return { message: 'is empty.', fix: `Give ${wanted({ type })}.` }
      return null
  }
}

function listProblem(value: unknown): { message: string; fix: string } | null {
  if (!Array.isArray(value))
    return { message: 'is not a list of texts.', fix: 'Give a list like ["pay-a-1", "pay-a-2"].' }
  if (value.length > mostItems) return { message: `has more than ${mostItems} items.`, fix: 'Shorten it.' }
  const wrong = value.find((item) => parameterProblem({ type: 'string' }, item) !== null)
  return wrong === undefined ? null : { message: 'has an item that is not a short text.', fix: 'Give a list of texts.' }
}

function wanted({ type }: Pick<Parameter, 'type'>): string {
  switch (type) {
    case 'number':
      return 'a number'
    case 'boolean':
      return 'true or false'
    case 'duration':
      return 'a duration like 30s, 15m, 2h or 1d'
    case 'string':
      return 'text'
    case 'list':
      return 'a list of texts'
    case 'alert':
      return 'the id of an alert'
    case 'change':
      return 'the id of a change'
    case 'chain':
      return 'the id of a business chain'
    case 'entity':
      return 'the id of an entity'
    case 'zone':
      return 'the name of a zone'
  }
}

const plainTypes: ReadonlySet<Parameter['type']> = new Set(['number', 'boolean', 'string'])

/** The parameters as JSON Schema (draft 2020-12): for the API's description and other tools. */
export function paramsJsonSchema(declared: Readonly<Record<string, Parameter>>): JsonSchema {
  const properties = Object.fromEntries(
    Object.entries(declared).map(([name, { type, title, description, default: value }]) => [
      name,
      {
        ...(type === 'list'
          ? { type: 'array', items: { type: 'string' } }
          : { type: type === 'number' || type === 'boolean' ? type : 'string' }),
        ...(type === 'duration' ? { pattern: '^\\d{1,9}(s|m|h|d)$' } : {}),
        ...(plainTypes.has(type) ? {} : { 'x-widget': type }),
        ...(title === undefined ? {} : { title }),
        ...(description === undefined ? {} : { description }),
        ...(value === undefined ? {} : { default: value }),
      },
    ]),
  )
  const required = Object.entries(declared).flatMap(([name, parameter]) =>
    parameter.default === undefined ? [name] : [],
  )
  return { type: 'object', properties, required, additionalProperties: false }
}
