/** Whether the parts of a model fit together: everything that is named must be there, and be of the right kind. */
import { suggest } from '@tenon/runbook'
import { expectedEntities } from './expected-entities.ts'
import type { Measure, Model, Table } from './model.ts'
import { parseSelector } from './selector.ts'

export interface ModelProblem {
  /** Where in the model, e.g. `tables.payment.measures.errors`. */
  path: (string | number)[]
  message: string
  fix: string
}

/** Empty when all fits. */
export function checkModel(model: Model): ModelProblem[] {
  return [...checkEntities(model), ...checkTables(model), ...checkRelations(model), ...checkChains(model)]
}

function checkEntities(model: Model): ModelProblem[] {
  return repeated(model.entities.map(({ id }) => id)).map((index) => ({
    path: ['entities', index, 'id'],
    message: `there is already an entity "${model.entities[index]!.id}"`,
    fix: 'Give every entity its own id.',
  }))
}

function checkTables(model: Model): ModelProblem[] {
  return Object.entries(model.tables).flatMap(([id, table]) => {
    const path = ['tables', id]
    return [
      ...unknownEntity(model, table.entity, [...path, 'entity']),
      ...checkDimensions(table, path),
      ...checkExpected(model, table, path),
      ...Object.entries(table.measures).flatMap(([name, measure]) =>
        checkMeasure(measure, [...path, 'measures', name]),
      ),
    ]
  })
}

function checkDimensions(table: Table, path: string[]): ModelProblem[] {
  return Object.entries(table.dimensions)
    .filter(([, label]) => !/^[A-Za-z_][A-Za-z0-9_]*$/.test(label))
    .map(([name, label]) => ({
      path: [...path, 'dimensions', name],
      message: `"${label}" is not the name of a label`,
      fix: 'Labels are letters, digits and underscores.',
    }))
}

function checkExpected(model: Model, table: Table, path: string[]): ModelProblem[] {
  if (table.expected === undefined) return []
  const kind = table.expected.kind ?? 'host'
  if (!Object.hasOwn(table.dimensions, kind)) {
    const message = `"expected" needs a dimension "${kind}" that holds the ids of what must report`
    return [{ path: [...path, 'expected'], message, fix: `Add it to dimensions, e.g. { ${kind}: ${kind} }.` }]
  }
  if ((expectedEntities(model, table, [])?.entities.length ?? 0) > 0) return []
  const kinds = [...new Set(model.entities.map((entity) => entity.kind))]
  const fix = kinds.includes(kind) ? 'Correct the attributes.' : suggest(kind, kinds, 'kind')
  return [{ path: [...path, 'expected'], message: `no entity of kind "${kind}" matches it`, fix }]
}

function checkMeasure(measure: Measure, path: string[]): ModelProblem[] {
  const needed = measure.kind === 'ratio' ? (['of', 'per'] as const) : (['select'] as const)
  const foreign = measure.kind === 'ratio' ? (['select'] as const) : (['of', 'per'] as const)
  const problems: ModelProblem[] = []
  for (const field of needed) {
    const text = measure[field]
    if (text === undefined) {
      problems.push({ path, message: `a ${measure.kind} needs "${field}"`, fix: `Add "${field}" with a selector.` })
    } else if (parseSelector(text) === null) {
      problems.push({
        path: [...path, field],
        message: `"${text}" is not a plain selector`,
        fix: 'Write a metric and its labels, e.g. requests_total{service="payment"}; rates and sums are added when it is asked.',
      })
    }
  }
  for (const field of foreign) {
    if (measure[field] === undefined) continue
    const fix = `Use ${needed.map((name) => `"${name}"`).join(' and ')}, or another kind.`
    problems.push({ path: [...path, field], message: `a ${measure.kind} has no "${field}"`, fix })
  }
  if (measure.kind === 'histogram' && measure.quantile === undefined)
    problems.push({ path, message: 'a histogram needs "quantile"', fix: 'Add it, e.g. quantile: 0.95.' })
  return problems
}

function checkRelations(model: Model): ModelProblem[] {
  const keys = model.relations.map(({ from, to, kind }) => `${from} ${kind} ${to}`)
  const twice = repeated(keys).map((index) => ({
    path: ['relations', index],
    message: `"${keys[index]}" is there already`,
    fix: 'Remove it.',
  }))
  return model.relations
    .flatMap(({ from, to }, index): ModelProblem[] => [
      ...unknownEntity(model, from, ['relations', index, 'from']),
      ...unknownEntity(model, to, ['relations', index, 'to']),
      ...(from === to
        ? [{ path: ['relations', index], message: `"${from}" cannot depend on itself`, fix: 'Correct or remove it.' }]
        : []),
    ])
    .concat(twice)
}

function checkChains(model: Model): ModelProblem[] {
  const twice = repeated(model.chains.map(({ id }) => id)).map((index) => ({
    path: ['chains', index, 'id'],
    message: `there is already a chain "${model.chains[index]!.id}"`,
    fix: 'Give every chain its own id.',
  }))
  const steps = model.chains.flatMap((chain, chainIndex) => {
    const path = ['chains', chainIndex, 'steps']
    const stepsTwice = repeated(chain.steps.map(({ id }) => id)).map((index) => ({
      path: [...path, index, 'id'],
      message: `there is already a step "${chain.steps[index]!.id}"`,
      fix: 'Give every step of a chain its own id.',
    }))
    return chain.steps
      .flatMap((step, index): ModelProblem[] => [
        ...unknownEntity(model, step.entity, [...path, index, 'entity']),
        ...checkReference(model, step.measure, { path: [...path, index, 'measure'], counts: true }),
        ...checkReference(model, step.attempts, { path: [...path, index, 'attempts'], counts: true }),
        ...checkReference(model, step.latency, { path: [...path, index, 'latency'], counts: false }),
      ])
      .concat(stepsTwice)
  })
  return [...twice, ...steps]
}

function checkReference(
  model: Model,
  reference: string | undefined,
  { path, counts }: { path: (string | number)[]; counts: boolean },
): ModelProblem[] {
  if (reference === undefined) return []
  const known = Object.entries(model.tables).flatMap(([id, { measures }]) =>
    Object.entries(measures).map(([name, { kind }]) => ({ name: `${id}.${name}`, kind })),
  )
  const found = known.find(({ name }) => name === reference)
  const usable = known.filter(({ kind }) => !counts || kind === 'counter').map(({ name }) => name)
  if (!found)
    return [{ path, message: `there is no measure "${reference}"`, fix: suggest(reference, usable, 'measure') }]
  if (!counts || found.kind === 'counter') return []
  return [
    { path, message: `"${reference}" is a ${found.kind}; events are counted by a counter`, fix: 'Use a counter.' },
  ]
}

function unknownEntity(model: Model, id: string, path: (string | number)[]): ModelProblem[] {
  const known = model.entities.map((entity) => entity.id)
  return known.includes(id) ? [] : [{ path, message: `there is no entity "${id}"`, fix: suggest(id, known, 'entity') }]
}

/** Indices of what was there before. */
function repeated(names: readonly string[]): number[] {
  return names.flatMap((name, index) => (names.indexOf(name) < index ? [index] : []))
}
