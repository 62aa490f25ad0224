/** Which runbooks ask for a data service: those whose documents name it, directly or by a chain that it is a step of. */
import { parseRunbook } from '@tenon/runbook'
import type { Model } from '@tenon/data'
import type { Services } from '../services.ts'

export interface UsingRunbook {
  runbook: string
  title: string
  /** Titles of the steps that name it; empty when only a parameter does. */
  nodes: string[]
}

/** Of the drafts, as they are now. */
export async function usedBy({ db }: Pick<Services, 'db'>, names: readonly string[]): Promise<UsingRunbook[]> {
  const found = await db.runbooksNaming(names)
  return found.flatMap(({ name, title, source }) => {
    const { document } = parseRunbook(source)
    if (!document) return []
    const nodes = Object.entries(document.nodes).flatMap(([id, node]) =>
      nameIn(node.with, names) ? (node.title ?? id) : [],
    )
    const inParams = Object.values(document.params).some((param) => nameIn(param.default, names))
    return nodes.length > 0 || inParams ? [{ runbook: name, title, nodes }] : []
  })
}

/** The measure, and the chains that it is a step of. */
export function namesOf(model: Model, ref: string): string[] {
  const chains = model.chains.filter(({ steps }) =>
    steps.some(({ measure, attempts, latency }) => [measure, attempts, latency].includes(ref)),
  )
  return [ref, ...chains.map(({ id }) => id)]
}

/** Whole, or within an expression or a text: `payment.errors` is not in `my-payment.errors-of-all`. */
function nameIn(value: unknown, names: readonly string[]): boolean {
  if (typeof value === 'string') return names.some((name) => isNamed(value, name))
  if (Array.isArray(value)) return value.some((one) => nameIn(one, names))
  if (typeof value === 'object' && value !== null) return Object.values(value).some((one) => nameIn(one, names))
  return false
}

function isNamed(text: string, name: string): boolean {
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
    const [before, after] = [text[at - 1] ?? ' ', text[at + name.length] ?? ' ']
    if (!/[\w.-]/.test(before) && !/[\w-]/.test(after)) return true
  }
  return false
}
