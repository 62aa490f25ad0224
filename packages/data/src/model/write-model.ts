/** A part of a model as a file: always the same text for the same content, so that Git shows what changed and nothing else. */
import { measure, type Measure, type ModelFile } from './model.ts'

const head = `# Written by discovery. What a person says goes into a file beside this folder, and is laid over it.
tenonModel: 1
`

/** The canonical form: sorted, one entry a line, each a line of JSON (which is YAML). Sections that are empty are left out. */
export function writeModelFile({ entities, tables, relations, chains }: Omit<ModelFile, 'tenonModel'>): string {
  const list = (name: string, entries: readonly unknown[]) =>
    entries.length === 0 ? '' : `${name}:\n${entries.map((entry) => `  - ${lineOf(entry)}\n`).join('')}`
  const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
  const tableTexts = Object.entries(tables)
    .toSorted(([a], [b]) => order(a, b))
    .map(([id, { measures, ...fields }]) => {
      const written = Object.entries(fields)
        .filter(([, value]) => value !== undefined && !isEmpty(value))
        .map(([key, value]) => `    ${key}: ${lineOf(value)}\n`)
      const lines = Object.entries(measures)
        .toSorted(([a], [b]) => order(a, b))
        .map(([name, one]) => `      ${name}: ${lineOf(withoutDefaults(one))}\n`)
      return `  ${id}:\n${written.join('')}    measures:${lines.length === 0 ? ' {}' : ''}\n${lines.join('')}`
    })
  return [
    head,
    list(
      'entities',
      entities.toSorted((a, b) => order(`${a.kind} ${a.id}`, `${b.kind} ${b.id}`)),
    ),
    tableTexts.length === 0 ? '' : `tables:\n${tableTexts.join('')}`,
    list(
      'relations',
      relations.toSorted((a, b) => order(`${a.from} ${a.kind} ${a.to}`, `${b.from} ${b.kind} ${b.to}`)),
    ),
    list(
      'chains',
      chains.toSorted((a, b) => order(a.id, b.id)),
    ),
  ].join('')
}

const defaults = Object.entries({
  seasonality: measure.shape.seasonality.parse(undefined),
  minimumEvents: measure.shape.minimumEvents.parse(undefined),
  operands: measure.shape.operands.parse(undefined),
  aggregate: measure.shape.aggregate.parse(undefined),
})

const withoutDefaults = (one: Measure): unknown => {
  const said = new Map<string, unknown>(Object.entries(one))
  for (const [key, value] of defaults) if (said.get(key) === value) said.delete(key)
  return Object.fromEntries(said)
}

/** JSON leaves some line breaks of Unicode as they are, which YAML takes for breaks. */
const lineOf = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) => (isEmpty(part) ? undefined : part)).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff]/g,
    (character) => String.raw`\u` + character.charCodeAt(0).toString(16).padStart(4, '0'),
  )

const isEmpty = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0
