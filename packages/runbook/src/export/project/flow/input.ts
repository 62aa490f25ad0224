/** Checks of values: inputs of steps that the flow carries out itself, parameters, forms. */
import type { RunningFlow } from './running-flow.ts'
import type { Step } from './step.ts'

const unitSeconds = { s: 1, m: 60, h: 3600, d: 86_400 }

/** Seconds of a duration such as `30s`, `15m`, `2h` or `1d`; 0 for what is none. */
export function durationSeconds(text: string): number {
  const [, count, unit] = /^(\d{1,9})([smhd])$/.exec(text) ?? []
  return count === undefined ? 0 : Number(count) * unitSeconds[unit as keyof typeof unitSeconds]
}

export function isDuration(value: unknown): value is string {
  return typeof value === 'string' && /^\d+(s|m|h|d)$/.test(value)
}

export function isWhole(value: unknown, least: number, most = Number.MAX_SAFE_INTEGER): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= least && value <= most
}

export const isText = (value: unknown): value is string => typeof value === 'string'
export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The step's input when every field fits; else the step has failed with `bad-input`. */
export function checkInput(
  flow: RunningFlow,
  step: Step,
  rules: Record<string, (value: unknown) => boolean>,
): Record<string, unknown> | null {
  const wrong = Object.keys(rules).find((name) => !rules[name]!(step.input[name]))
  if (wrong === undefined) return step.input
  flow.fail(step, 'bad-input', `Input "${wrong}" does not fit: ${JSON.stringify(step.input[wrong])}.`)
  return null
}

export interface Parameter {
  type: 'string' | 'number' | 'boolean' | 'duration' | 'list' | 'chain' | 'entity' | 'zone' | 'alert' | 'change'
  title?: string
  description?: string
  /** A parameter without a default is required. */
  default?: string | number | boolean | string[]
}

/** Fills in defaults and checks every value. @throws Error naming the first that is wrong. */
export function readParams<T = Record<string, unknown>>(declared: Record<string, Parameter>, given: unknown): T {
  if (given !== undefined && given !== null && !isObject(given)) throw new Error('The parameters must be an object.')
  const values = given ?? {}
  const unknown = Object.keys(values).find((name) => !Object.hasOwn(declared, name))
  if (unknown !== undefined) throw new Error(`There is no parameter "${unknown}".`)
  const params: Record<string, unknown> = {}
  for (const [name, parameter] of Object.entries(declared)) {
    const value = Object.hasOwn(values, name) ? values[name] : parameter.default
    if (value === undefined) throw new Error(`The parameter "${name}" is missing.`)
    if (!fits(parameter, value)) throw new Error(`The parameter "${name}" is not a ${parameter.type}.`)
    params[name] = value
  }
  return params as T
}

function fits({ type }: Parameter, value: unknown): boolean {
  switch (type) {
    case 'number':
      return typeof value === 'number' && Number.isFinite(value)
    case 'boolean':
      return typeof value === 'boolean'
    case 'duration':
      return isText(value) && /^\d{1,9}[smhd]$/.test(value)
    case 'list':
      return Array.isArray(value) && value.every(isText)
    case 'string':
      return isText(value) && value.length <= 2000 && !value.includes('\0')
    case 'chain':
    case 'entity':
    case 'zone':
    case 'alert':
    case 'change':
      return isText(value) && value !== '' && value.length <= 2000 && !value.includes('\0')
  }
}
