/** What steps may run, as far as files say it: without a server nothing else is known. */
import { catalogue } from '@tenon/activities'
import {
  type Catalogue,
  childType,
  type DocumentNode,
  type Parameter,
  parseRunbook,
  type RunbookDocument,
} from '@tenon/runbook'
import type { SourceFile } from './read-file.ts'

export interface LocalCatalogue {
  catalogue: Catalogue
  /** Runbooks that steps run and that are in none of the files: whether they exist, only a server knows. */
  missing: string[]
}

/** The node types of this release, and the runbooks of the files as they would be published. */
export function localCatalogue(files: readonly SourceFile[]): LocalCatalogue {
  const documents = files.flatMap(({ source }) => parseRunbook(source).document ?? [])
  const calls = documents.flatMap(({ nodes }) => Object.values(nodes).filter(isCall))
  const runbooks = new Map(documents.map((document) => [document.name, callable(document, calls)]))
  const missing: string[] = []
  for (const call of calls) {
    const { runbook: name } = call.with
    if (runbooks.has(name)) continue
    missing.push(name)
    runbooks.set(name, callable({ name, title: name, params: takenFrom(calls, name) }, calls))
  }
  return { catalogue: { ...catalogue, runbooks: [...runbooks.values()] }, missing }
}

type Call = DocumentNode & { with: { runbook: string; version?: unknown; params?: unknown } }

function isCall(node: DocumentNode): node is Call {
  return node.type.split('@')[0] === childType && typeof node.with['runbook'] === 'string'
}

function callable({ name, title, params }: Pick<RunbookDocument, 'name' | 'title' | 'params'>, calls: readonly Call[]) {
  const pinned = calls.flatMap(({ with: { runbook, version } }) =>
    runbook === name && typeof version === 'number' && Number.isInteger(version) ? [version] : [],
  )
  const numbers = [...new Set([Math.max(0, ...pinned) + 1, ...pinned])]
  return {
    name,
    title,
    versions: numbers.map((version) => ({ version, planHash: `local:${name}@${version}`, params })),
  }
}

/** Of a runbook that is not here: what it is given is taken to be what it takes. */
function takenFrom(calls: readonly Call[], name: string): Record<string, Parameter> {
  const given = calls.flatMap(({ with: inputs }) =>
    inputs.runbook === name && typeof inputs.params === 'object' && inputs.params !== null
      ? Object.entries(inputs.params)
      : [],
  )
  return Object.fromEntries(
    given.map(([param, value]: [string, unknown]) => [param, { type: typeOf(value), default: '' }]),
  )
}

function typeOf(value: unknown): Parameter['type'] {
  if (typeof value === 'number' || typeof value === 'boolean') return typeof value === 'number' ? 'number' : 'boolean'
  return Array.isArray(value) ? 'list' : 'string'
}
