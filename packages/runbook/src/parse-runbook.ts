/** Text -> document. */
import type * as z from 'zod'
import { type Problem, type RunbookDocument, runbookDocument } from './document.ts'
import { suggest } from './nearest.ts'
import { readYaml } from './yaml-text.ts'

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
  const text = readYaml(source)
  if (text.problems.length > 0) return { document: null, problems: text.problems }
  const parsed = runbookDocument.safeParse(text.value)
  if (parsed.success) return { document: parsed.data, problems: [] }
  const problems = parsed.error.issues.flatMap((issue) => problemsOf(issue, text.value))
  return { document: null, problems: problems.map((problem) => ({ ...problem, position: text.locate(problem.path) })) }
}

/** Gives problems of a document their places in its text. Those that have one keep it. */
export function locateProblems(source: string, problems: readonly Problem[]): Problem[] {
  const text = readYaml(source)
  return problems.map((problem) => ({ ...problem, position: problem.position ?? text.locate(problem.path) }))
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
      return [make('field-type', `${name} is not a single value.`, 'Write text, a number, true or false there.')]
    case 'invalid_key':
      return issue.issues.map((inner) => make('field-name', `${name} is not a name that can be used.`, inner.message))
    case 'invalid_format':
      return [make('field-format', `${name} does not have the needed form.`, issue.message)]
    default:
      return [make('field-value', `${name}: ${issue.message}.`, 'Correct the value.')]
  }
}

const knownFields: Record<string, readonly string[]> = {
  '': Object.keys(runbookDocument.shape),
  nodes: ['type', 'title', 'with', 'join', 'timeout', 'retry'],
  edges: ['from', 'on', 'to'],
  params: ['type', 'title', 'description', 'default'],
  schedule: ['cron', 'timeZone', 'params'],
  layout: ['x', 'y'],
}

function unknownFieldFix(key: string, path: readonly (string | number)[]): string {
  const fields =
    path[0] === 'nodes' && path.length === 3 ? ['attempts', 'backoff'] : (knownFields[String(path[0] ?? '')] ?? [])
  return fields.length === 0 ? 'Remove it.' : suggest(key, fields, 'field')
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
