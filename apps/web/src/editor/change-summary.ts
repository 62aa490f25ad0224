/** What publishing would change, in words. Layout is left out: it changes what people see, not what runs. Pure. */
import type { DocumentNode, RunbookDocument } from '@tenon/runbook'
import { renameStep } from './document-commands.ts'

/** Lines such as `adds step "loss" (Where is the loss?)`; empty when nothing that runs changes. */
export function changeSummary(before: RunbookDocument | null, after: RunbookDocument): string[] {
  if (before === null) return [`first version, with ${Object.keys(after.nodes).length} steps`]
  const renamed = renamedStep(before, after)
  if (renamed) {
    const [from, to] = renamed
    return [`renames step "${from}" to "${to}"`, ...changeSummary(renameStep(before, from, to), after)]
  }
  const settings = (['title', 'description', 'timeout', 'onFailure', 'schedule'] as const)
    .filter((field) => !same(before[field], after[field]))
    .map((field) => `changes ${words[field]}`)
  return [...settings, ...parameterChanges(before, after), ...stepChanges(before, after), ...edgeChanges(before, after)]
}

/** A step that went while another of the same type and inputs came, as old and new id. */
function renamedStep(before: RunbookDocument, after: RunbookDocument): [string, string] | null {
  for (const [from, was] of Object.entries(before.nodes)) {
    if (from in after.nodes) continue
    const come = Object.entries(after.nodes).find(
      ([id, is]) => !(id in before.nodes) && is.type === was.type && same(is.with, was.with),
    )
    if (come) return [from, come[0]]
  }
  return null
}

const words = {
  title: 'the title',
  description: 'the description',
  timeout: 'how long a run may take',
  onFailure: 'what happens to actions when a run fails',
  schedule: 'the schedule',
} as const

function parameterChanges(before: RunbookDocument, after: RunbookDocument): string[] {
  return keysOf(before.params, after.params).flatMap((name) => {
    if (!(name in before.params)) return [`adds parameter "${name}"`]
    if (!(name in after.params)) return [`removes parameter "${name}"`]
    return same(before.params[name], after.params[name]) ? [] : [`changes parameter "${name}"`]
  })
}

function stepChanges(before: RunbookDocument, after: RunbookDocument): string[] {
  return keysOf(before.nodes, after.nodes).flatMap((id) => {
    const [was, is] = [before.nodes[id], after.nodes[id]]
    if (!was && is) return [`adds step "${id}" (${is.title ?? is.type})`]
    if (was && !is) return [`removes step "${id}"`]
    return was && is ? nodeChanges(id, was, is) : []
  })
}

function nodeChanges(id: string, was: DocumentNode, is: DocumentNode): string[] {
  const lines: string[] = []
  if (was.type !== is.type) lines.push(`changes the type of "${id}" to ${is.type}`)
  const inputs = keysOf(was.with, is.with).filter((name) => !same(was.with[name], is.with[name]))
  if (inputs.length > 0) lines.push(`changes ${inputs.join(', ')} of "${id}"`)
  const rest = (['title', 'join', 'timeout', 'retry'] as const).filter((field) => !same(was[field], is[field]))
  if (rest.length > 0) lines.push(`changes ${rest.join(', ')} of "${id}"`)
  return lines
}

function edgeChanges(before: RunbookDocument, after: RunbookDocument): string[] {
  const text = ({ from, on, to }: RunbookDocument['edges'][number]): string => `"${from}" ${on} → "${to}"`
  const [was, is] = [before.edges.map(text), after.edges.map(text)]
  return [
    ...is.filter((edge) => !was.includes(edge)).map((edge) => `connects ${edge}`),
    ...was.filter((edge) => !is.includes(edge)).map((edge) => `disconnects ${edge}`),
  ]
}

const keysOf = (a: object, b: object): string[] => [...new Set([...Object.keys(a), ...Object.keys(b)])]
const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)
