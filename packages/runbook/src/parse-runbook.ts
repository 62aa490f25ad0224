/** Text -> document. */
import type * as z from 'zod'
import {
  concurrencyPolicy,
  documentEdge,
  documentNode,
  eventTrigger,
  parameter,
  type Problem,
  retryPolicy,
  type RunbookDocument,
  runbookDocument,
  runbookTest,
  scheduleTrigger,
  tooManyNodes,
  webhookTrigger,
} from './document.ts'
import { suggest } from './nearest.ts'
import { isObject } from './value-type.ts'
import { readYaml, type YamlText } from './yaml-text.ts'

export interface ParsedRunbook {
  /** Null when the text does not have the document's form. */
  document: RunbookDocument | null
  problems: Problem[]
}

/**
 * Reads a runbook from YAML or JSON. Never throws; every problem has a path, a place and a fix. Whether the graph makes sense is
 * `validateRunbook`'s question.
 *
 * @example parseRunbook('tenon: 1\nname: hello\ntitle: Hello\nnodes: {}').document?.name // 'hello'
 */
export function parseRunbook(source: string): ParsedRunbook {
  const { document, problems } = readRunbook(source)
  return { document, problems }
}

/** A text that is wrong in more places is no runbook at all, and nobody reads on. */
const mostProblems = 100

/** The same, with the places of what was read: for problems that are found later. */
export function readRunbook(source: string): ParsedRunbook & Pick<YamlText, 'locate'> {
  const text = readYaml(source)
  const { locate } = text
  if (text.problems.length > 0) return { document: null, problems: text.problems, locate }
  const value = withTriggers(text.value)
  const tooMany = isObject(value) && isObject(value['nodes']) ? tooManyNodes(value['nodes']) : null
  if (tooMany) return { document: null, problems: withPlaces([tooMany], locate), locate }
  const parsed = runbookDocument.safeParse(value)
  if (parsed.success) return { document: parsed.data, problems: [], locate }
  const problems = parsed.error.issues.slice(0, mostProblems).flatMap((issue) => problemsOf(issue, value))
  return { document: null, problems: withPlaces(problems, locate), locate }
}

/** Documents of the first release had one `schedule` beside their parameters; it is the trigger "schedule" now. */
function withTriggers(value: unknown): unknown {
  if (!isObject(value) || !isObject(value['schedule']) || 'triggers' in value) return value
  const { schedule, ...rest } = value
  return { ...rest, triggers: { schedule: { kind: 'schedule', ...schedule } } }
}

/** Gives problems of a document their places in its text. Those that have one keep it. */
export function locateProblems(source: string, problems: readonly Problem[]): Problem[] {
  return withPlaces(problems, readYaml(source).locate)
}

export function withPlaces(problems: readonly Problem[], locate: YamlText['locate']): Problem[] {
  return problems.map((problem) => ({ ...problem, position: problem.position ?? locate(problem.path) }))
}

type Issue = z.core.$ZodIssue

function problemsOf(issue: Issue, root: unknown): Problem[] {
  const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)))
  const make = (code: string, message: string, fix: string, at = path): Problem => ({
    code,
    severity: 'error',
    message,
    fix,
    path: at,
  })
  const name = path.length === 0 ? 'The document' : `"${path.join('.')}"`
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) =>
        make('field-unknown', `${name} has no field "${key}".`, unknownFieldFix(key, path), [...path, key]),
      )
    case 'invalid_type':
      return valueAt(root, path) === undefined
        ? [make('field-missing', `${name} is missing.`, `Add it: ${article(issue.expected)}.`)]
        : [make('field-type', `${name} must be ${article(issue.expected)}.`, `Write ${article(issue.expected)} there.`)]
    case 'invalid_value':
      if (valueAt(root, path) === undefined) {
        const values = issue.values.map((value) => JSON.stringify(value)).join(' or ')
        return [make('field-missing', `${name} is missing.`, `Add it: ${values}.`)]
      }
      return [
        make(
          'field-value',
          `${name} is not one of ${issue.values.map((value) => JSON.stringify(value)).join(', ')}.`,
          `Use one of ${issue.values.map((value) => JSON.stringify(value)).join(', ')}.`,
        ),
      ]
    case 'invalid_union':
      return [make('field-type', `${name} does not have a form that is known.`, unionFix(path))]
    case 'invalid_key':
      return issue.issues.map((inner) => make('field-name', `${name} is not a name that can be used.`, inner.message))
    case 'invalid_format':
      return [make('field-format', `${name} does not have the needed form.`, issue.message)]
    default:
      return [make('field-value', `${name}: ${issue.message}.`, 'Correct the value.')]
  }
}

function unionFix(path: readonly (string | number)[]): string {
  if (path.at(-1) === 'join') return 'Write all, any, first, or { atLeast: 2 }.'
  if (path[0] === 'triggers') return 'Give it a kind: schedule, webhook or event.'
  if (path.at(-1) === 'default') return 'Write text, a number, true, false or a list of texts there.'
  return 'Look at the language reference for its forms.'
}

const triggerFields = [scheduleTrigger, webhookTrigger, eventTrigger].flatMap(({ shape }) => Object.keys(shape))
const knownFields: Record<string, readonly string[]> = {
  '': Object.keys(runbookDocument.shape),
  nodes: Object.keys(documentNode.shape),
  edges: Object.keys(documentEdge.shape),
  params: Object.keys(parameter.shape),
  triggers: [...new Set(triggerFields)],
  concurrency: Object.keys(concurrencyPolicy.shape),
  tests: Object.keys(runbookTest.shape),
  layout: ['x', 'y'],
}

function unknownFieldFix(key: string, path: readonly (string | number)[]): string {
  const inner = path.at(-1)
  const nested: Record<string, readonly string[]> = {
    retry: Object.keys(retryPolicy.shape),
    calendar: ['at', 'days', 'dates'],
    expect: Object.keys(runbookTest.shape.expect.shape),
    join: ['atLeast'],
  }
  const fields =
    (path.length > 2 && typeof inner === 'string' ? nested[inner] : undefined) ?? knownFields[String(path[0] ?? '')]
  return fields === undefined ? 'Remove it.' : suggest(key, fields, 'field')
}

function valueAt(root: unknown, path: readonly (string | number)[]): unknown {
  let value = root
  for (const part of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined
    value = Reflect.get(value, part)
  }
  return value
}

function article(expected: string): string {
  switch (expected) {
    case 'array':
      return 'a list'
    case 'object':
    case 'record':
      return 'an object with fields'
    case 'int':
      return 'a whole number'
    case 'string':
      return 'text'
    case 'boolean':
      return 'true or false'
    default:
      return `a ${expected}`
  }
}
