/** Whether an expression means the same in the product and in exported code. */
import { isDeepStrictEqual } from 'node:util'
import { compileFunction } from 'node:vm'
import { parseCel } from '../../src/cel-environment.ts'
import { evaluateCel } from '../../src/expression.ts'
import { code, Names } from '../../src/export/code.ts'
import { type Place, Untranslatable } from '../../src/export/place.ts'
import { translateCel } from '../../src/export/translate-cel.ts'
import { Step } from '../../src/export/project/flow/step.ts'
import * as values from '../../src/export/project/flow/values.ts'
import { anyType, typeOfSchema } from '../../src/value-type.ts'
import { choicesFrom, diceFrom } from '../model/dice.ts'
import { type RandomExpression, type RandomStep, expressionSchema, randomExpression } from './random-expression.ts'

export type Typing = 'typed' | 'untyped'

/** A place whose one variable is `params`: with the types that the random values have, or without any. */
export function placeOver(typing: Typing, done: readonly string[] = []): { place: Place; used: Set<string> } {
  const used = new Set<string>()
  const type = typing === 'typed' ? typeOfSchema(expressionSchema) : anyType
  const object = typing === 'typed' ? typeOfSchema({ $ref: '#/$defs/o', $defs: expressionSchema.$defs }) : anyType
  const outcomes = ['ok', 'none']
  const place: Place = {
    variables: { params: code('params', type, { isSafe: true }) },
    step: (id) =>
      id === 'a' || id === 'b'
        ? { text: id, output: id === 'a' ? object : anyType, outcomes, isDone: done.includes(id) }
        : null,
    loops: {},
    names: new Names(['params', 'a', 'b']),
    use: (helper) => {
      used.add(helper)
      return helper
    },
    facts: new Set(),
  }
  return { place, used }
}

/** How the two differ; null when they agree, undefined when the export refuses the expression. */
export function compareExpression({ cel, params, steps }: RandomExpression, typing: Typing): string | null | undefined {
  const isDone = Object.entries(steps).flatMap(([id, { status }]) => (status === 'done' ? [id] : []))
  // In half of the cases it is known that they are.
  const { place, used } = placeOver(typing, cel.length % 2 === 0 ? isDone : [])
  let text: string
  try {
    text = translateCel(cel, place).text
  } catch (error) {
    if (error instanceof Untranslatable) return undefined
    throw error
  }
  const bindings = new Map(Object.entries(steps).map(([id, step]) => [id, viewOf(step)]))
  const product = evaluateCel(cel, { params, steps: bindings })
  const exported = evaluate(text, used, { params, a: stepOf(steps.a), b: stepOf(steps.b) })
  const isSame = product.ok ? exported.ok && isDeepStrictEqual(product.value, exported.value) : !exported.ok
  return isSame
    ? null
    : `${cel}\n  ${text}\n  over ${JSON.stringify({ params, steps })}\n  product ${show(product)}\n  exported ${show(exported)}`
}

const show = (value: object): string => JSON.stringify(value)

function evaluate(
  text: string,
  used: Set<string>,
  variables: Record<string, unknown>,
): { ok: boolean; value?: unknown; message?: string } {
  const helpers = [...used]
  // The exported text is code: it is run as code.
  const run = compileFunction(`"use strict"; return (${text})`, [...Object.keys(variables), ...helpers]) as (
    ...given: unknown[]
  ) => unknown
  try {
    return {
      ok: true,
      value: values.plain(run(...Object.values(variables), ...helpers.map((name) => Reflect.get(values, name)))),
    }
  } catch (error) {
    return { ok: false, message: String(error) }
  }
}

/** A step as the product's expressions see it. */
function viewOf({ status, outcome, output, code: failure }: RandomStep): Record<string, unknown> {
  if (status === 'done') return { outcome, output, summary: 's' }
  return status === 'failed' ? { outcome: 'error', error: { code: failure, message: 'm' } } : { outcome: status }
}

/** The same step in exported code. */
function stepOf({ status, outcome = '', output, code: failure = '' }: RandomStep): Step {
  const scope = null as unknown as Step['scope']
  const none = { begin: () => [], resolve: () => ({}), writes: false, asks: false, scope }
  const step = new Step({ id: 's', key: 's', title: 'S', after: [], ...none })
  step.status = status
  if (status === 'done') step.result = { outcome, output, summary: 's' }
  if (status === 'failed') step.failure = { code: failure, message: 'm' }
  return step
}

/** Compares `count` random expressions from a seed on, each with and without types. */
export function expressionDifferences(
  count: number,
  seed: number,
): { compared: number; refused: number; differences: string[] } {
  const report = { compared: 0, refused: 0, differences: [] as string[] }
  for (let one = 0; one < count; one += 1) {
    const random = randomExpression(diceFrom(choicesFrom(seed + one, 200)))
    if (!parseCel(random.cel).ok) continue
    for (const typing of ['typed', 'untyped'] as const) {
      const difference = compareExpression(random, typing)
      if (difference === undefined) report.refused += 1
      else report.compared += 1
      if (difference) report.differences.push(`seed ${seed + one} ${typing}: ${difference}`)
    }
  }
  return report
}
