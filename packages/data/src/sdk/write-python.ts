/** A domain as a Python module, for type checkers as for programs. */
import { mapInSlices } from '../give-way.ts'
import { describeMeasure, describeTable, type SdkDimension, type SdkDomain, type SdkTable } from './describe-sdk.ts'
import { pascalCase, snakeCase, uniqueNames } from './identifiers.ts'
import type { SdkFile } from './sdk-file.ts'

export const pythonPackage = 'tenon_data'

const keywords = [
  ...'False None True and as assert async await break class continue def del elif else except finally for from global if import in is'.split(
    ' ',
  ),
  ...'lambda nonlocal not or pass raise return try while with yield match case type'.split(' '),
]
/** What the module has beside its classes. */
const reservedTypes = [
  'Measure',
  'Measures',
  'ById',
  'Tenon',
  'Dict',
  'List',
  'Literal',
  'Sequence',
  'Type',
  'TypedDict',
  'Union',
  'TableById',
  'EntityById',
  'False',
  'None',
  'True',
]
const reservedFunctions = [...keywords, 'table', 'str', 'annotations', 'cast']

export async function writePython(domain: SdkDomain): Promise<SdkFile> {
  const typeName = uniqueNames(pascalCase, reservedTypes)
  const dimensions = sharedDimensions()
  const classes = new Map<string, { whole: string; part: string | null }>()
  const definitions = await mapInSlices(domain.tables, (table) => {
    const whole = typeName(table.id)
    const text = classOf(table, whole, dimensions.of(table.dimensions), table.id)
    if (table.table.each === undefined || table.table.each !== domain.kind) {
      classes.set(table.id, { whole, part: null })
      return text
    }
    const part = typeName(`${table.id}-of-one`)
    classes.set(table.id, { whole, part })
    const left = table.dimensions.filter(({ name }) => name !== domain.kind)
    return `${text}\n${classOf(table, part, dimensions.of(left), null)}`
  })
  const lines = [
    ...preamble,
    ...dimensions.definitions(),
    '',
    ...definitions,
    '',
    byId(
      'TableById',
      domain.tables.map(({ id }) => [id, classes.get(id)!.whole]),
    ),
    '',
    'def table(tenon: Tenon) -> TableById:',
    '    """Tables as a whole, by their ids."""',
    '    return cast(TableById, ById(lambda id: _tables[id](tenon, id)))',
    '',
    `_tables: Dict[str, Type[Measures]] = {`,
    ...domain.tables.map(({ id }) => `    ${literal(id)}: ${classes.get(id)!.whole},`),
    '}',
    ...(await entityLines(domain, classes, typeName)),
  ]
  return { path: `${pythonPackage}/${moduleName(domain.id)}.py`, text: `${lines.join('\n')}\n` }
}

/** A domain's module cannot be called as a keyword is. */
function moduleName(id: string): string {
  return uniqueNames(snakeCase, keywords)(id)
}

const preamble = [
  'from __future__ import annotations',
  '',
  'from typing import Dict, List, Literal, Sequence, Type, TypedDict, Union, cast',
  '',
  'from . import ById, Measure, Measures, Tenon',
  '',
]

/** A JSON text is a Python text too, but for what only ends lines elsewhere. */
const literal = (value: string): string =>
  JSON.stringify(value).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029').replaceAll('\u007f', '\\u007f')

/** A class of measures. @param head the table, of a whole one; null for what is asked of an entity. */
function classOf(table: SdkTable, name: string, of: string, head: string | null): string {
  const attribute = uniqueNames(snakeCase, keywords)
  const at = head === null ? '' : `, ${literal(head)}`
  const lines = table.measures.flatMap((measure) => [
    `    ${attribute(measure.id)}: Measure[${of}] = Measure(${literal(measure.id)}${at})`,
    `    ${literal(describeMeasure(measure))}`,
  ])
  return [`class ${name}(Measures):`, `    ${literal(describeTable(table))}`, ...lines, '', ''].join('\n')
}

/** Tables that can be filtered by the same share one pair of types for it. */
function sharedDimensions(): { of(dimensions: readonly SdkDimension[]): string; definitions(): string[] } {
  const names = new Map<string, { number: number; by: string }>()
  const values = new Map<string, string>()
  const valueType = (body: string): string => {
    const name = values.get(body) ?? `_Value${values.size + 1}`
    values.set(body, name)
    return name
  }
  return {
    of(dimensions) {
      const fields = dimensions.map(({ name, values }) => {
        // What the model does not know yet may be asked for too; what it knows is offered.
        const one = values.length === 0 ? 'str' : valueType(`Union[Literal[${values.map(literal).join(', ')}], str]`)
        return `${literal(name)}: Union[${one}, Sequence[${one}]]`
      })
      const body = `{${fields.join(', ')}}`
      const by = dimensions.length === 0 ? 'str' : `Literal[${dimensions.map(({ name }) => literal(name)).join(', ')}]`
      let known = names.get(body)
      if (!known) names.set(body, (known = { number: names.size + 1, by }))
      return `_Where${known.number}, _By${known.number}`
    },
    definitions: () => [
      ...[...values].map(([body, name]) => `${name} = ${body}`),
      ...[...names].flatMap(([body, { number, by }]) => [
        `_Where${number} = TypedDict("_Where${number}", ${body}, total=False)`,
        `_By${number} = ${by}`,
      ]),
    ],
  }
}

const byId = (name: string, entries: (readonly [id: string, type: string])[]): string =>
  [`${name} = TypedDict("${name}", {`, ...entries.map(([id, type]) => `    ${literal(id)}: ${type},`), '})', ''].join(
    '\n',
  )

async function entityLines(
  domain: SdkDomain,
  classes: ReadonlyMap<string, { whole: string; part: string | null }>,
  typeName: (text: string) => string,
): Promise<string[]> {
  const { kind } = domain
  if (kind === null || domain.entities.length === 0) return []
  const parts = domain.each.flatMap((id) => classes.get(id)?.part ?? [])
  const made = new Map<string, string>()
  const definitions: string[] = []
  /** Entities with the same tables have the same class. */
  const classFor = (tables: readonly string[]): string => {
    const all = [...tables.flatMap((id) => classes.get(id)?.whole ?? []), ...parts]
    if (all.length === 1) return all[0]!
    const bases = all.join(', ')
    let name = made.get(bases)
    if (name === undefined) {
      name = typeName(`one-${tables[0] ?? kind}`)
      made.set(bases, name)
      definitions.push(`class ${name}(${bases}):`, `    ${literal(`What can be asked of one ${kind}.`)}`, '', '')
    }
    return name
  }
  const entries = await mapInSlices(domain.entities, ({ id, tables }) => [id, classFor(tables)] as const)
  const called = uniqueNames(snakeCase, reservedFunctions)(kind)
  return [
    '',
    '',
    ...definitions,
    byId('EntityById', entries),
    '',
    `def ${called}(tenon: Tenon) -> EntityById:`,
    `    ${literal(`Every ${kind}, by its id.`)}`,
    '    return cast(EntityById, ById(lambda id: _entities[id](tenon, id)))',
    '',
    '',
    '_entities: Dict[str, Type[Measures]] = {',
    ...entries.map(([id, name]) => `    ${literal(id)}: ${name},`),
    '}',
  ]
}
