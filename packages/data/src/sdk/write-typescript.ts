/** A domain as a TypeScript module: declarations for the editor, and the few lines of JavaScript that they stand for. */
import { mapInSlices } from '../give-way.ts'
import { describeMeasure, describeTable, type SdkDimension, type SdkDomain, type SdkTable } from './describe-sdk.ts'
import { camelCase, pascalCase, uniqueNames } from './identifiers.ts'
import type { SdkFile } from './sdk-file.ts'

/** Names of methods that objects have already, and the one that would make an object a promise. */
const reservedMethods = ['then', ...Object.getOwnPropertyNames(Object.prototype)]
const reservedFunctions = [
  ...'await break case catch class const continue debugger default delete do else enum export extends false finally for function if'.split(
    ' ',
  ),
  ...'implements import in instanceof interface let new null package private protected public return static super switch this'.split(
    ' ',
  ),
  ...'throw true try typeof var void while with yield arguments eval async of get set as from type table tables each own'.split(
    ' ',
  ),
  'measuresAt',
]
const reservedTypes = [
  'Measure',
  'Tenon',
  'TableById',
  'EntityById',
  'Record',
  'Omit',
  'Promise',
  'Object',
  'String',
  'Number',
  'Boolean',
  'Symbol',
  'Array',
  'Date',
  'Error',
]

export async function writeTypescript(domain: SdkDomain): Promise<SdkFile[]> {
  const tables = await mapInSlices(domain.tables, (table) => ({ table, methods: methodsOf(table) }))
  return [
    { path: `${domain.id}.d.ts`, text: await declarations(domain, tables) },
    { path: `${domain.id}.js`, text: await code(domain, tables) },
  ]
}

interface NamedTable {
  table: SdkTable
  /** Method -> measure. */
  methods: Map<string, string>
}

function methodsOf({ measures }: SdkTable): Map<string, string> {
  const name = uniqueNames(camelCase, reservedMethods)
  return new Map(measures.map(({ id }) => [name(id), id]))
}

const text = (value: string): string =>
  JSON.stringify(value).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')
/** Whatever a model says, it stays within the comment and on its line. */
const comment = (value: string): string => `/** ${value.replaceAll('*/', '*\u200B/').replace(/\s+/g, ' ').trim()} */`

async function declarations(domain: SdkDomain, tables: NamedTable[]): Promise<string> {
  const typeName = uniqueNames(pascalCase, reservedTypes)
  const dimensions = sharedTypes()
  const named = tables.map(({ table, methods }) => ({ table, methods, type: typeName(table.id) }))
  const types = new Map(named.map((one) => [one.table.id, one]))
  const interfaces = await mapInSlices(named, ({ table, methods, type }) => {
    const lines = table.measures.map((measure, at) => {
      const method = [...methods.keys()][at]!
      return `  ${comment(describeMeasure(measure))}\n  ${method}: Measure<${text(measure.measure.unit)}, Dimensions>`
    })
    return `${comment(describeTable(table))}\nexport interface ${type}<Dimensions> {\n${lines.join('\n')}\n}`
  })
  const whole = await mapInSlices(
    named,
    ({ table, type }) => `  ${text(table.id)}: ${type}<${dimensions.nameOf(table.dimensions)}>`,
  )
  const parts = domain.each.flatMap((id) => {
    const of = types.get(id)
    if (!of) return []
    const left = of.table.dimensions.filter(({ name }) => name !== domain.kind)
    return { names: of.methods, type: `${of.type}<${dimensions.nameOf(left)}>` }
  })
  const entities = await mapInSlices(domain.entities, ({ id, tables: ids }) => {
    const own = ids.flatMap((table) => {
      const of = types.get(table)
      return of ? { names: of.methods, type: `TableById[${text(table)}]` } : []
    })
    return `  ${text(id)}: ${intersection([...own, ...parts])}`
  })
  const sections = [
    `import type { Measure, Tenon } from './index.js'`,
    '',
    ...dimensions.declarations(),
    ...interfaces,
    `/** Tables as a whole, by their ids. */\nexport interface TableById {\n${whole.join('\n')}\n}`,
    `export declare function table<Id extends keyof TableById>(tenon: Tenon, id: Id): TableById[Id]`,
  ]
  if (domain.kind !== null && entities.length > 0) {
    const called = comment(`What can be asked of one ${domain.kind}.`)
    sections.push(
      `${comment(`Every ${domain.kind}, by its id.`)}\nexport interface EntityById {\n${entities.join('\n')}\n}`,
      `${called}\nexport declare function ${functionName(domain)}<Id extends keyof EntityById>(tenon: Tenon, id: Id): EntityById[Id]`,
    )
  }
  return `${sections.join('\n')}\n`
}

/** Of a name in two tables the first's is meant, as in the code. */
function intersection(parts: { names: ReadonlyMap<string, string>; type: string }[]): string {
  const taken = new Set<string>()
  return parts
    .map(({ names, type }) => {
      const hidden = [...names.keys()].filter((name) => taken.has(name))
      for (const name of names.keys()) taken.add(name)
      return hidden.length === 0 ? type : `Omit<${type}, ${hidden.map(text).join(' | ')}>`
    })
    .join(' & ')
}

/** Tables that can be filtered by the same share one type for it. */
function sharedTypes(): { nameOf(dimensions: readonly SdkDimension[]): string; declarations(): string[] } {
  const names = new Map<string, string>()
  return {
    nameOf(dimensions) {
      const fields = dimensions.map(({ name, values }) => {
        // What the model does not know yet may be asked for too; what it knows is offered.
        const known =
          values.length === 0 ? 'string' : `${values.map(text).join(' | ')} | (string & Record<never, never>)`
        return `  ${text(name)}: ${known}`
      })
      const body = fields.length === 0 ? 'Record<never, never>' : `{\n${fields.join('\n')}\n}`
      const name = names.get(body) ?? `Dimensions$${names.size + 1}`
      names.set(body, name)
      return name
    },
    declarations: () => [...names].map(([body, name]) => `export type ${name} = ${body}`),
  }
}

function functionName({ kind }: SdkDomain): string {
  return uniqueNames(camelCase, reservedFunctions)(kind ?? '')
}

async function code(domain: SdkDomain, tables: NamedTable[]): Promise<string> {
  const maps = await mapInSlices(
    tables,
    ({ table, methods }) =>
      `  ${text(table.id)}: { ${[...methods].map(([method, id]) => `${method}: ${text(id)}`).join(', ')} },`,
  )
  const lines = [
    `import { measuresAt } from './index.js'`,
    // Without a prototype: an id such as "constructor" finds nothing that is not there.
    `const tables = Object.assign(Object.create(null), {\n${maps.join('\n')}\n})`,
    `export const table = (tenon, id) => measuresAt(tenon, [[id, tables[id] ?? {}]])`,
  ]
  if (domain.kind !== null && domain.entities.length > 0) {
    const own = domain.entities.flatMap(({ id, tables: ids }) =>
      ids.length === 0 ? [] : `  ${text(id)}: [${ids.map(text).join(', ')}],`,
    )
    lines.push(
      `const each = [${domain.each.map(text).join(', ')}]`,
      `const own = Object.assign(Object.create(null), {\n${own.join('\n')}\n})`,
      `export const ${functionName(domain)} = (tenon, id) =>
  measuresAt(tenon, [...(own[id] ?? []).map((of) => [of, tables[of]]), ...each.map((of) => [id, tables[of]])])`,
    )
  }
  return `${lines.join('\n')}\n`
}
