/** The text of a new runbook: empty, or a copy of another. Pure. */
import { editRunbookText, formatRunbook, parseRunbook, type RunbookDocument } from '@tenon/runbook'

/** A name that the title suggests: "Payment drop (EU)" -> "payment-drop-eu". Empty when the title has no letter. */
export function nameOf(title: string): string {
  return title
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, 63)
    .replace(/-+$/, '')
}

/** Why a name cannot be used; null when it can. */
export function nameProblem(name: string, taken: readonly string[]): string | null {
  if (name === '') return null
  if (!/^[a-z][a-z0-9-]{0,62}$/.test(name)) return 'Use lower-case letters, digits and dashes; begin with a letter.'
  return taken.includes(name) ? `There is a runbook "${name}" already. Choose another name.` : null
}

export const emptyRunbook = (name: string, title: string): string => formatRunbook(emptyDocument(name, title))

export function emptyDocument(name: string, title: string): RunbookDocument {
  return {
    tenon: 1,
    name,
    title,
    description: '',
    params: {},
    triggers: {},
    priority: 'normal',
    express: false,
    timeout: '1h',
    onFailure: 'revert',
    nodes: {},
    edges: [],
    tests: {},
    layout: {},
  }
}

/** The copy has no triggers: two runbooks that do the same at the same time are never meant. Null when the original does not parse. */
export function copyOfRunbook(source: string, name: string, title: string): string | null {
  const { document } = parseRunbook(source)
  if (!document) return null
  return editRunbookText(source, { ...document, name, title, triggers: {} })
}

/** The name itself, or with a number behind it when it is taken. */
export function freeName(name: string, taken: readonly string[]): string {
  let free = name
  for (let number = 2; taken.includes(free); number += 1) free = `${name}-${number}`
  return free
}
