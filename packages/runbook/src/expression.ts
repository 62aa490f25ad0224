/** Evaluates CEL: pure, synchronous, bounded, own properties only, the same in browser, server and workflow. */
import { type CelInput, type CelValue, isCelError, isCelList, isCelMap, isCelUint, parse, plan } from '@bufbuild/cel'
import {
  type CelNode,
  celChildren,
  celEnvironment,
  celLimits,
  loopTick,
  parseCel,
  withBudget,
} from './cel-environment.ts'
import { remember } from './remember.ts'

export type Evaluation = { ok: true; value: unknown } | { ok: false; message: string }

/**
 * The value of an expression as JSON: numbers are plain numbers, timestamps ISO strings, durations `90s`. Never throws: a missing field, a wrong type, a division by zero, a result
 * that is not JSON (NaN) or too much work is `ok: false` with a sentence.
 *
 * @example evaluateCel('params.limit * 2', { params: { limit: 4 } }) // { ok: true, value: 8 }
 */
export function evaluateCel(cel: string, bindings: Record<string, unknown>): Evaluation {
  const program = compiled(cel)
  if (!program.ok) return program
  try {
    const { value: result, exceeded } = withBudget(() => program.run(ownOnly(bindings)))
    if (exceeded) return { ok: false, message: `\`${cel}\` takes more than ${celLimits.work} steps.` }
    if (isCelError(result)) return { ok: false, message: `\`${cel}\`: ${result.message}` }
    return { ok: true, value: toJson(result, { left: celLimits.resultItems, characters: celLimits.resultCharacters }) }
  } catch (error) {
    return { ok: false, message: `\`${cel}\`: ${error instanceof Error ? error.message : String(error)}` }
  }
}

/** Without a prototype: else every object's `__proto__` and `constructor` would be variables. Getters stay getters. */
function ownOnly(bindings: Record<string, unknown>): Record<string, CelInput> {
  return Object.create(null, Object.getOwnPropertyDescriptors(bindings)) as Record<string, CelInput>
}

type Program =
  | { ok: true; run: (bindings: Record<string, CelInput>) => ReturnType<ReturnType<typeof plan>> }
  | { ok: false; message: string }

// Compiling costs ten times an evaluation and is a pure function of the text.
const compiled = remember(1000, compile)

function compile(cel: string): Program {
  const result = parseCel(cel)
  if (!result.ok) return { ok: false, message: `\`${cel}\`: ${result.problem.message}` }
  meterLoops(result.parsed.expr)
  const run = plan(celEnvironment, result.parsed)
  return { ok: true, run: run as (bindings: Record<string, CelInput>) => ReturnType<typeof run> }
}

/** Makes every turn of every loop pay for its body, see `celLimits.work`. */
function meterLoops(node: CelNode): void {
  for (const child of celChildren(node)) meterLoops(child)
  if (node.exprKind.case !== 'comprehensionExpr') return
  const loop = node.exprKind.value
  const tick = parse(`tick(true, ${countNodes(node)})`).expr
  if (tick.exprKind.case !== 'callExpr' || !loop.loopCondition) return
  tick.exprKind.value.function = loopTick
  tick.exprKind.value.args[0] = loop.loopCondition
  loop.loopCondition = tick
}

function countNodes(node: CelNode): number {
  return celChildren(node).reduce((sum, child) => sum + countNodes(child), 1)
}

function toJson(value: CelValue, budget: { left: number; characters: number }): unknown {
  budget.left -= 1
  if (budget.left < 0) throw new Error(`the result has more than ${celLimits.resultItems} items`)
  if (typeof value === 'string') budget.characters -= value.length
  if (budget.characters < 0) throw new Error(`the result has more than ${celLimits.resultCharacters} characters`)
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new Error('the result is not a finite number')
    return value
  }
  if (typeof value === 'bigint') return wholeNumber(value)
  if (isCelUint(value)) return wholeNumber(value.value)
  if (isCelList(value)) return Array.from(value, (item) => toJson(item, budget))
  if (isCelMap(value))
    return Object.fromEntries(Array.from(value, ([key, item]) => [mapKey(key), toJson(item, budget)]))
  const text = evaluateText(value)
  if (text === null) throw new Error('the result is of a type that has no JSON form')
  return text
}

function wholeNumber(value: bigint): number {
  const number = Number(value)
  if (!Number.isSafeInteger(number)) throw new Error('the result is a whole number beyond 2^53')
  return number
}

function mapKey(key: unknown): string {
  const text = String(key)
  if (text === '__proto__') throw new Error('a key may not be called __proto__')
  return text
}

const asText = plan(celEnvironment, parse('string(value)'))

/** Timestamps and durations, as CEL's own `string()` writes them. */
function evaluateText(value: CelValue): string | null {
  const text = asText({ value })
  return typeof text === 'string' ? text : null
}
