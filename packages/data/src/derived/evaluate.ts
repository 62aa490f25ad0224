/** A formula over aligned values. What is not known stays unknown: a missing input gives none, and so does a division by zero. */
import type { Formula } from './parse-formula.ts'

type Value = number | null

export interface Evaluated {
  values: Value[]
  /** At how many times something was divided by zero: zero by zero is no traffic, neither 0 nor 1. */
  zeroByZero: number
  byZero: number
}

/** @param inputs by name, each with `length` values */
export function evaluate(formula: Formula, inputs: ReadonlyMap<string, readonly Value[]>, length: number): Evaluated {
  const values: Value[] = []
  let zeroByZero = 0
  let byZero = 0
  for (let index = 0; index < length; index += 1) {
    const met: Met = { zeroByZero: false, byZero: false }
    const value = valueAt(formula, { inputs, index, met })
    values.push(value !== null && Number.isFinite(value) ? value : null)
    if (met.zeroByZero) zeroByZero += 1
    else if (met.byZero) byZero += 1
  }
  return { values, zeroByZero, byZero }
}

interface Met {
  zeroByZero: boolean
  byZero: boolean
}

interface At {
  inputs: ReadonlyMap<string, readonly Value[]>
  index: number
  met: Met
}

function valueAt(formula: Formula, at: At): Value {
  switch (formula.kind) {
    case 'number':
      return formula.value
    case 'name':
      return at.inputs.get(formula.name)?.[at.index] ?? null
    case 'negate': {
      const value = valueAt(formula.of, at)
      return value === null ? null : -value
    }
    case 'binary': {
      const left = valueAt(formula.left, at)
      const right = valueAt(formula.right, at)
      if (left === null || right === null) return null
      return combine(formula.op, [left, right], at.met)
    }
    case 'call': {
      const values: number[] = []
      for (const arg of formula.args) {
        const value = valueAt(arg, at)
        if (value === null) return null
        values.push(value)
      }
      return formula.name === 'min' ? Math.min(...values) : Math.max(...values)
    }
  }
}

function combine(op: '+' | '-' | '*' | '/', [left, right]: [number, number], met: Met): Value {
  switch (op) {
    case '+':
      return left + right
    case '-':
      return left - right
    case '*':
      return left * right
    case '/':
      if (right !== 0) return left / right
      met.zeroByZero ||= left === 0
      met.byZero = true
      return null
  }
}
