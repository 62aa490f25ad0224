/** Whether a derived measure can be computed: its formula, its inputs, no circle, and units that fit together. */
import { suggest } from '@tenon/runbook'
import type { MeasurePlace, ModelIndex } from '../model/model-index.ts'
import { parseFormula, type Formula } from './parse-formula.ts'
import { likeness, over, plainNumber, readUnit, times, writeUnit, type Unit } from './units.ts'

export interface DerivedProblem {
  /** Within the measure: `['formula']`, `['inputs', 'paid']`. */
  path: string[]
  message: string
  fix: string
}

/** A measure may be derived from derived ones, this deep. */
export const maximumDepth = 5
const maximumInputs = 20
const maximumReads = 100

/** Empty when all fits, and for a measure that is not derived. */
export function checkDerived(index: ModelIndex, { measure, ref }: MeasurePlace): DerivedProblem[] {
  if (measure.kind !== 'derived' || measure.formula === undefined || measure.inputs === undefined) return []
  const { formula: text, inputs } = measure
  const parsed = parseFormula(text)
  if (!parsed.ok)
    return [{ path: ['formula'], message: `${parsed.message} (column ${parsed.column} of "${text}")`, fix: parsed.fix }]
  const given = Object.keys(inputs)
  if (given.length > maximumInputs)
    return [
      {
        path: ['inputs'],
        message: `it has ${given.length} inputs; at most ${maximumInputs} are read`,
        fix: 'Derive a part of it as a measure of its own.',
      },
    ]
  const problems = [...namesProblems(parsed.names, given), ...inputProblems(index, inputs)]
  if (problems.length > 0) return problems
  const depth = depthOf(index, ref, { above: [], read: { count: 0 } })
  if (depth.kind === 'circle')
    return [
      {
        path: ['inputs'],
        message: `it is computed from itself: ${depth.refs.join(' from ')}`,
        fix: 'Take it out of the inputs of one of them.',
      },
    ]
  if (depth.kind === 'deep')
    return [
      {
        path: ['inputs'],
        message: `it is derived from derived measures more than ${maximumDepth} deep`,
        fix: 'Compute it from measures nearer to their sources.',
      },
    ]
  if (depth.kind === 'wide')
    return [
      {
        path: ['inputs'],
        message: `all that it is derived from comes to more than ${maximumReads} measures`,
        fix: 'Compute it from fewer measures, or let the source sum them.',
      },
    ]
  return unitProblems(index, parsed.formula, { inputs, declared: measure.unit })
}

function namesProblems(names: readonly string[], given: readonly string[]): DerivedProblem[] {
  const missing = names
    .filter((name) => !given.includes(name))
    .map((name) => ({
      path: ['formula'],
      message: `"${name}" is not among its inputs`,
      fix: suggest(name, [...given], 'input'),
    }))
  const unused = given
    .filter((name) => !names.includes(name))
    .map((name) => ({
      path: ['inputs', name],
      message: `the formula does not use "${name}"`,
      fix: 'Use it, or take it out: what is not needed is not read.',
    }))
  return [...missing, ...unused]
}

function inputProblems(index: ModelIndex, inputs: Record<string, string>): DerivedProblem[] {
  return Object.entries(inputs).flatMap(([name, ref]): DerivedProblem[] => {
    if (index.measure(ref) !== null) return []
    const near = index.measuresUnder(ref.split('.')[0] ?? '').map((place) => place.ref)
    const fix = near.length > 0 ? suggest(ref, near, 'measure') : 'Name a measure of the model as <table>.<measure>.'
    return [{ path: ['inputs', name], message: `there is no measure "${ref}"`, fix }]
  })
}

type Depth = { kind: 'ok' } | { kind: 'deep' } | { kind: 'wide' } | { kind: 'circle'; refs: string[] }

/** Few levels of many inputs would be millions of queries. */
function depthOf(index: ModelIndex, ref: string, way: { above: string[]; read: { count: number } }): Depth {
  const { above, read } = way
  const place = index.measure(ref)
  if (place?.measure.kind !== 'derived') {
    read.count += 1
    return { kind: read.count > maximumReads ? 'wide' : 'ok' }
  }
  // By table, so that one entity's part of a measure is the same circle as the whole.
  const name = `${place.tableId}.${place.measureId}`
  if (above.includes(name)) return { kind: 'circle', refs: [...above.slice(above.indexOf(name)), name] }
  if (above.length >= maximumDepth) return { kind: 'deep' }
  for (const input of Object.values(place.measure.inputs ?? {})) {
    const found = depthOf(index, input, { above: [...above, name], read })
    if (found.kind !== 'ok') return found
  }
  return { kind: 'ok' }
}

function unitProblems(
  index: ModelIndex,
  formula: Formula,
  { inputs, declared }: { inputs: Record<string, string>; declared: string },
): DerivedProblem[] {
  const units = new Map(Object.entries(inputs).map(([name, ref]) => [name, index.measure(ref)!.measure.unit]))
  const found = unitOf(formula, units)
  if (!found.ok) return [{ path: ['formula'], message: found.message, fix: found.fix }]
  const given = readUnit(declared)
  const gives = writeUnit(found.unit)
  switch (likeness(found.unit, given)) {
    case 'alike':
      return []
    case 'scale': {
      const factor = Number((found.unit.scale / given.scale).toPrecision(6))
      return [
        {
          path: ['unit'],
          message: `the formula gives "${gives}", and the unit is said to be "${declared}"`,
          fix: `Multiply the formula by ${factor}, or correct the unit.`,
        },
      ]
    }
    case 'counts':
    case 'unlike':
      return [
        {
          path: ['unit'],
          message: `the formula gives "${gives}", and the unit is said to be "${declared}"`,
          fix: `Set the unit to "${gives}", or correct the formula.`,
        },
      ]
  }
}

type Found = { ok: true; unit: Unit } | { ok: false; message: string; fix: string }

function unitOf(formula: Formula, units: ReadonlyMap<string, string>): Found {
  switch (formula.kind) {
    case 'number':
      return { ok: true, unit: plainNumber(formula.value) }
    case 'name':
      return { ok: true, unit: readUnit(units.get(formula.name) ?? '1') }
    case 'negate':
      return unitOf(formula.of, units)
    case 'binary': {
      const left = unitOf(formula.left, units)
      if (!left.ok) return left
      const right = unitOf(formula.right, units)
      if (!right.ok) return right
      if (formula.op === '*') return { ok: true, unit: times(left.unit, right.unit) }
      if (formula.op === '/') return { ok: true, unit: over(left.unit, right.unit) }
      const verb = formula.op === '+' ? 'added' : 'subtracted'
      return sum([left.unit, right.unit], { verb, column: formula.column })
    }
    case 'call': {
      let one: Unit | null = null
      for (const arg of formula.args) {
        const found = unitOf(arg, units)
        if (!found.ok) return found
        if (one === null) {
          one = found.unit
          continue
        }
        const both = sum([one, found.unit], { verb: 'compared', column: formula.column })
        if (!both.ok) return both
      }
      return { ok: true, unit: one ?? plainNumber() }
    }
  }
}

function sum([left, right]: [Unit, Unit], { verb, column }: { verb: string; column: number }): Found {
  const [a, b] = [writeUnit(left), writeUnit(right)]
  const message = `"${a}" and "${b}" cannot be ${verb} (column ${column})`
  switch (likeness(left, right)) {
    case 'alike':
      return { ok: true, unit: { ...left, factor: left.factor === right.factor ? left.factor : 1 } }
    case 'scale':
      return {
        ok: false,
        message,
        fix: `Bring them to one size: multiply by ${Number((right.scale / left.scale).toPrecision(6))} what is in "${b}".`,
      }
    case 'counts':
      return {
        ok: false,
        message,
        fix: 'If both count the same events, give both measures the same unit; or divide one by the other, e.g. 1 - paid / ordered.',
      }
    case 'unlike':
      return { ok: false, message, fix: 'Divide first by what makes them comparable, or take another measure.' }
  }
}
