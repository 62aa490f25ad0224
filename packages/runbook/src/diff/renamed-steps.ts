/** Which steps of two documents are the same under another id. */
import { canonicalJson } from '../canonical.ts'
import type { RunbookDocument } from '../document.ts'
import { mapTexts, renameReferences } from '../edit/references.ts'

/**
 * Pairs steps that are gone with steps that came: of one type, with equal inputs, and joined to the same neighbours. Of several candidates the one
 * with the most edges in common is taken.
 *
 * @returns old id -> new id, in the order of `before`.
 */
export function renamedSteps(before: RunbookDocument, after: RunbookDocument): Map<string, string> {
  const gone = Object.keys(before.nodes).filter((id) => !Object.hasOwn(after.nodes, id))
  const came = Object.keys(after.nodes).filter((id) => !Object.hasOwn(before.nodes, id))
  if (gone.length === 0 || came.length === 0) return new Map()
  const was = sides(before, gone)
  // Steps of equal type and inputs are found by what they are, so that two runbooks with nothing in common are no work.
  const is = Map.groupBy(sides(after, came), ({ content }) => content)
  const candidates = was
    .flatMap((from) =>
      (is.get(from.content) ?? []).map((to) => ({ from: from.id, to: to.id, score: likeness(from, to) })),
    )
    .filter(({ score }) => score >= 0)
    .toSorted((a, b) => b.score - a.score)
  const names = new Map<string, string>()
  const taken = new Set<string>()
  for (const { from, to } of candidates) {
    if (names.has(from) || taken.has(to)) continue
    names.set(from, to)
    taken.add(to)
  }
  return new Map(gone.flatMap((id) => (names.has(id) ? [[id, names.get(id)!] as const] : [])))
}

interface Side {
  id: string
  title: string | undefined
  /** Type and inputs. */
  content: string
  edges: Set<string>
}

/** Steps as they are without the ids that only one of the documents knows: those may be renamed as well. */
function sides(document: RunbookDocument, own: readonly string[]): Side[] {
  const hidden = new Map(own.map((id) => [id, '_']))
  const known = (id: string): string => hidden.get(id) ?? id
  const edges = new Map(own.map((id) => [id, new Set<string>()]))
  for (const { from, on, to } of document.edges) {
    edges.get(from)?.add(`${on} > ${known(to)}`)
    edges.get(to)?.add(`${known(from)} ${on} >`)
  }
  return own.map((id) => {
    const { type, title, with: given } = document.nodes[id]!
    const inputs = mapTexts(given, (text) => renameReferences(text, ['steps', 'loops'], hidden))
    return { id, title, content: canonicalJson({ type, inputs }), edges: edges.get(id)! }
  })
}

/** Edges in common; below 0: another step. */
function likeness(a: Side, b: Side): number {
  const common = [...a.edges].filter((edge) => b.edges.has(edge)).length
  if (common === 0 && a.edges.size + b.edges.size > 0) return -1
  return common + (a.title === b.title ? 0.5 : 0)
}
