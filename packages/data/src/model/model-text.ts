/** One file of a model as text: read to plain values, with the line of each place in it. */
import { LineCounter, parseDocument, type Document } from 'yaml'
import * as z from 'zod'
import { ownRules } from '../discovery/rules.ts'
import { chain, entity, measure, relation, table } from './model.ts'

export interface ModelText {
  /** Of the file in the model's folder, e.g. `shop.yaml` or `generated/shop-metrics.yaml`. */
  path: string
  text: string
}

/** A place in a model: `['tables', 'payment', 'measures']`. */
export type Place = (string | number)[]

/** What is wrong in a file, for editors and messages. Lines count from 1; null when the whole file is meant. */
export interface ModelMistake {
  file: string
  line: number | null
  place: Place
  message: string
  fix: string
}

export interface ReadText {
  path: string
  content: RawFile
  /** Of the nearest place that is in the file: what is missing has no line of its own. */
  lineOf(place: Place): number | null
}

/**
 * What a file may hold. It may lie over a generated one, so that nothing but its keys has to be there: what it says is laid over what
 * was found, and null takes away.
 */
export const rawFile = z.strictObject({
  tenonModel: z.literal(1),
  entities: z.array(entity.partial().required({ id: true })).optional(),
  tables: z
    .record(
      entity.shape.id,
      table
        .partial()
        .extend({
          dimensions: z.record(z.string(), z.string().nullable()).optional(),
          measures: z.record(entity.shape.id, measure.partial().nullable()).optional(),
        })
        .nullable(),
    )
    .optional(),
  relations: z.array(relation).optional(),
  chains: z.array(chain.partial().required({ id: true })).optional(),
  /** Entities and relations that were generated and are not wanted. */
  without: z
    .strictObject({
      entities: z.array(z.string()).optional(),
      relations: z.array(relation.pick({ from: true, to: true, kind: true })).optional(),
    })
    .optional(),
  /** How discovery reads names here, against the conventions: docs/discovery.md. */
  discovery: ownRules.optional(),
})
/** As it is written: without defaults, so that what is not said does not lie over what was found. */
export type RawFile = z.input<typeof rawFile>

/** Read by the general parser, people's files; generated ones of the canonical form may be longer. */
const maximumYamlBytes = 4 * 1024 * 1024

/** Long files that were read last, by their paths: an editor checks the whole model whenever a person stops typing in one of its files. */
const kept = new Map<string, { text: string; read: { file: ReadText } }>()
const keptFiles = 16
const longCharacters = 256 * 1024

/** The file's content, or all that is wrong with it. What is given is not to be changed: it is given again. */
export function readText(given: ModelText): { file: ReadText } | { mistakes: ModelMistake[] } {
  const known = kept.get(given.path)
  if (known?.text === given.text) return known.read
  const read = readAnew(given)
  if ('file' in read && given.text.length >= longCharacters) {
    kept.delete(given.path)
    kept.set(given.path, { text: given.text, read })
    for (const oldest of kept.keys()) {
      if (kept.size <= keptFiles) break
      kept.delete(oldest)
    }
  }
  return read
}

function readAnew({ path, text }: ModelText): { file: ReadText } | { mistakes: ModelMistake[] } {
  const canonical = parseCanonical(text)
  if (canonical === null && text.length > maximumYamlBytes)
    return {
      mistakes: [
        mistake(path, null, `it is above ${maximumYamlBytes / 1024 / 1024} MiB`, 'Split it into several files.'),
      ],
    }
  const parsed = canonical ? { value: canonical, lineOf: lazyLines(text) } : parseYaml(path, text)
  if ('mistakes' in parsed) return parsed
  const { value, lineOf } = parsed
  const checked = rawFile.safeParse(value)
  // The values as they were read, not as they were parsed, which would fill in defaults.
  if (checked.success) return { file: { path, content: value as RawFile, lineOf } }
  return { mistakes: checked.error.issues.map((issue) => issueMistake(path, issue, lineOf)) }
}

export function issueMistake(file: string, found: z.core.$ZodIssue, lineOf: ReadText['lineOf']): ModelMistake {
  const issue = inner(found)
  const place = issue.path.filter((part) => typeof part !== 'symbol')
  return { file, line: lineOf(place), place, message: lower(issue.message), fix: fixOf(issue) }
}

/** Of what may be written in two ways: what is wrong with it as it is written out. */
function inner(issue: z.core.$ZodIssue): z.core.$ZodIssue {
  const first = issue.code === 'invalid_union' ? issue.errors[0]?.[0] : undefined
  return first ? { ...first, path: [...issue.path, ...first.path] } : issue
}

function fixOf(issue: { code: string }): string {
  switch (issue.code) {
    case 'unrecognized_keys':
      return 'Correct its spelling or remove it.'
    case 'invalid_type':
      return 'Write it as the message says; a key that is missing has to be added.'
    default:
      return 'Correct the value there.'
  }
}

const mistake = (file: string, line: number | null, message: string, fix: string): ModelMistake => ({
  file,
  line,
  place: [],
  message,
  fix,
})

type Parsed = { value: unknown; lineOf: ReadText['lineOf'] } | { mistakes: ModelMistake[] }

function parseYaml(path: string, text: string): Parsed {
  const counter = new LineCounter()
  const document = parseDocument(text, { lineCounter: counter })
  if (document.errors.length > 0)
    return {
      mistakes: document.errors.map((error) =>
        mistake(path, error.linePos?.[0].line ?? null, firstLine(error.message), 'Correct the YAML there.'),
      ),
    }
  try {
    return { value: document.toJS({ maxAliasCount: 100 }), lineOf: (place) => lineOfPlace(document, place, counter) }
  } catch {
    return { mistakes: [mistake(path, null, 'it repeats its parts by too many aliases', 'Write the parts out.')] }
  }
}

/** Only a mistake asks for lines, and then a long file is read once more. */
function lazyLines(text: string): ReadText['lineOf'] {
  let lines: ReadText['lineOf'] | null = null
  return (place) => {
    if (lines === null) {
      const counter = new LineCounter()
      const document = parseDocument(text, { lineCounter: counter })
      lines = (one) => lineOfPlace(document, one, counter)
    }
    return lines(place)
  }
}

function lineOfPlace(document: Document, place: Place, counter: LineCounter): number | null {
  for (let length = place.length; length > 0; length--) {
    const node: unknown = document.getIn(place.slice(0, length), true)
    if (typeof node !== 'object' || node === null || !('range' in node) || !Array.isArray(node.range)) continue
    const offset: unknown = node.range[0]
    if (typeof offset === 'number') return counter.linePos(offset).line
  }
  return null
}

const section = /^(entities|relations|chains|tables):$/
const listed = /^ {2}- (\{.*\})$/
const tableKey = /^ {2}([A-Za-z][A-Za-z0-9-]*):$/
const tableField = /^ {4}([a-z]+): (["{].*)$/
const measureLine = /^ {6}([A-Za-z][A-Za-z0-9-]*): (\{.*\})$/

/**
 * The form that `writeModelFile` gives: every entry is one line of JSON, which is YAML as well, but is read a hundred times faster than
 * YAML is: a company's model has 50,000 of them. Null when a line is otherwise, e.g. because a person edited it.
 */
function parseCanonical(text: string): unknown {
  const file: Record<string, unknown> = {}
  let list: unknown[] | null = null
  let tables: Record<string, Record<string, unknown>> | null = null
  let current: Record<string, unknown> | null = null
  let measures: Record<string, unknown> | null = null
  try {
    for (const line of text.split('\n')) {
      if (line === '' || line.startsWith('#')) continue
      const begun: string | undefined = section.exec(line)?.[1]
      const entry = listed.exec(line)?.[1]
      const id = tableKey.exec(line)?.[1]
      const field = tableField.exec(line)
      const one = measureLine.exec(line)
      if (line === 'tenonModel: 1') file['tenonModel'] = 1
      else if (begun !== undefined) {
        if (Object.hasOwn(file, begun)) return null
        ;[list, tables, current, measures] = [null, null, null, null]
        if (begun === 'tables') file[begun] = tables = {}
        else file[begun] = list = []
      } else if (list && entry !== undefined) list.push(JSON.parse(entry))
      else if (tables && id !== undefined) {
        if (Object.hasOwn(tables, id)) return null
        ;[current, measures] = [{}, null]
        tables[id] = current
      } else if (current && line === '    measures:') current['measures'] = measures = {}
      else if (current && !measures && field) current[field[1]!] = JSON.parse(field[2]!)
      else if (measures && one && !Object.hasOwn(measures, one[1]!)) measures[one[1]!] = JSON.parse(one[2]!)
      else return null
    }
  } catch {
    return null
  }
  // Comments alone are of no form.
  return file['tenonModel'] === 1 ? file : null
}

const firstLine = (text: string) => text.split('\n')[0] ?? text
const lower = (text: string) => text.charAt(0).toLowerCase() + text.slice(1)
