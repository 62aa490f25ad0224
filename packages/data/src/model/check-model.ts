/** Whether the parts of a model fit together: everything that is named must be there, and be of the right kind. */
import { suggest } from '@tenon/runbook'
import { checkDerived } from '../derived/check-derived.ts'
import { expectedEntities } from '../query/expected-entities.ts'
import type { Measure, Model, Table } from './model.ts'
import { indexModel } from './model-index.ts'
import { parseFieldSelector, parseSelector } from './selector.ts'

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
      ...checkSubject(model, table, path),
      ...checkPlace(table, path),
      ...checkDimensions(table, path),
      ...checkExpected(model, table, path),
      ...Object.entries(table.measures).flatMap(([name, measure]) =>
        checkMeasure(measure, { table, path: [...path, 'measures', name] }),
      ),
      ...checkComputed(model, id),
    ]
  })
}

/** What a table tells of: one entity, or each of a kind. */
function checkSubject(model: Model, { entity, each, dimensions }: Table, path: string[]): ModelProblem[] {
  if (entity !== undefined && each !== undefined)
    return [{ path, message: 'it has both "entity" and "each"', fix: 'Keep the one that it tells of.' }]
  if (entity !== undefined) return unknownEntity(model, entity, [...path, 'entity'])
  if (each === undefined)
    return [
      { path, message: 'it does not say what it tells of', fix: 'Add "entity" with an id, or "each" with a kind.' },
    ]
  if (Object.hasOwn(dimensions, each)) return []
  const message = `a table of each ${each} needs the dimension "${each}" that holds their ids`
  return [{ path: [...path, 'each'], message, fix: `Add it to dimensions, e.g. { ${each}: ${each} }.` }]
}

function checkPlace({ source, measures }: Table, path: string[]): ModelProblem[] {
  if (source !== undefined || Object.values(measures).every(({ kind }) => kind === 'derived')) return []
  return [
    { path, message: 'it has measures to read and no "source"', fix: 'Add "source" with the name of a connection.' },
  ]
}

/** Of a Prometheus API a label; elsewhere a column, or a field within fields. */
function checkDimensions(table: Table, path: string[]): ModelProblem[] {
  const isName = table.from === undefined ? /^[A-Za-z_][A-Za-z0-9_]*$/ : /^[A-Za-z_@][A-Za-z0-9_.@/-]*$/
  return Object.entries(table.dimensions)
    .filter(([, label]) => !isName.test(label))
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

const selectorFields = ['select', 'of', 'per'] as const
type SelectorField = (typeof selectorFields)[number]

/** What each kind is read from; a derived measure is computed. */
function fieldsOf(kind: Measure['kind']): readonly SelectorField[] {
  switch (kind) {
    case 'ratio':
      return ['of', 'per']
    case 'counter':
    case 'gauge':
    case 'histogram':
      return ['select']
    case 'derived':
      return []
  }
}

function checkMeasure(measure: Measure, { table, path }: { table: Table; path: (string | number)[] }): ModelProblem[] {
  const needed = fieldsOf(measure.kind)
  return [
    ...needed.flatMap((field) => checkSelector(measure, { field, table, path })),
    ...foreignFields(measure, needed).map((field) => ({
      path: [...path, field],
      message: `a ${measure.kind} has no "${field}"`,
      fix:
        needed.length === 0
          ? 'Use "formula" and "inputs", or another kind.'
          : `Use ${needed.map((name) => `"${name}"`).join(' and ')}, or another kind.`,
    })),
    ...(measure.kind === 'histogram' && measure.quantile === undefined
      ? [{ path, message: 'a histogram needs "quantile"', fix: 'Add it, e.g. quantile: 0.95.' }]
      : []),
    ...(measure.kind === 'derived' && (measure.formula === undefined || measure.inputs === undefined)
      ? [{ path, message: 'a derived measure needs "formula" and "inputs"', fix: 'Add what it is computed from.' }]
      : []),
  ]
}

function checkComputed(model: Model, tableId: string): ModelProblem[] {
  const index = indexModel(model)
  return index.measuresUnder(tableId).flatMap((place) =>
    checkDerived(index, place).map((problem) => ({
      ...problem,
      path: ['tables', place.tableId, 'measures', place.measureId, ...problem.path],
    })),
  )
}

function foreignFields(measure: Measure, needed: readonly SelectorField[]): string[] {
  const selectors = selectorFields.filter((field) => !needed.includes(field) && measure[field] !== undefined)
  if (measure.kind === 'derived') return selectors
  return [...selectors, ...(['formula', 'inputs'] as const).filter((field) => measure[field] !== undefined)]
}

function checkSelector(
  measure: Measure,
  { field, table, path }: { field: SelectorField; table: Table; path: (string | number)[] },
): ModelProblem[] {
  const text = measure[field]
  if (text === undefined)
    return [{ path, message: `a ${measure.kind} needs "${field}"`, fix: `Add "${field}" with a selector.` }]
  const message = `"${text}" is not a plain selector`
  if (table.from !== undefined)
    return (parseFieldSelector(text)?.name ?? null) === null
      ? [
          {
            path: [...path, field],
            message,
            fix: 'Write a column and its filters, e.g. amount{status="paid"}, or * for rows.',
          },
        ]
      : []
  const selector = parseSelector(text)
  return selector === null || selector.name === '*'
    ? [
        {
          path: [...path, field],
          message,
          fix: 'Write a metric and its labels, e.g. requests_total{service="payment"}; rates and sums are added when it is asked.',
        },
      ]
    : []
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
  const found = indexModel(model).measure(reference)?.measure
  if (!found)
    return [
      {
        path,
        message: `there is no measure "${reference}"`,
        fix: suggest(reference, usable(model, counts), 'measure'),
      },
    ]
  // What is derived from counters may well count events.
  if (!counts || found.kind === 'counter' || found.kind === 'derived') return []
  return [
    { path, message: `"${reference}" is a ${found.kind}; events are counted by a counter`, fix: 'Use a counter.' },
  ]
}

const usable = (model: Model, counts: boolean): string[] =>
  Object.entries(model.tables).flatMap(([id, { measures }]) =>
    Object.entries(measures).flatMap(([name, { kind }]) => (!counts || kind === 'counter' ? [`${id}.${name}`] : [])),
  )

function unknownEntity(model: Model, id: string, path: (string | number)[]): ModelProblem[] {
  if (indexModel(model).entity(id)) return []
  const known = model.entities.map((entity) => entity.id)
  return [{ path, message: `there is no entity "${id}"`, fix: suggest(id, known, 'entity') }]
}

/** Indices of what was there before. */
function repeated(names: readonly string[]): number[] {
  const seen = new Set<string>()
  return names.flatMap((name, index) => {
    if (seen.has(name)) return [index]
    seen.add(name)
    return []
  })
}
