import type { NodeType, OutcomeType } from './catalogue.ts'
import type { DocumentNode } from './document.ts'
import { isObject } from './value-type.ts'

/** Every way a node of a document ends, `error` excepted: those that its own inputs name, then those of its type. */
export function outcomesOf(node: Pick<DocumentNode, 'with'>, nodeType: NodeType): OutcomeType[] {
  const list = nodeType.outcomesFrom === undefined ? undefined : node.with[nodeType.outcomesFrom]
  if (!Array.isArray(list)) return nodeType.outcomes
  const names = list.flatMap((item: unknown) =>
    isObject(item) && typeof item['name'] === 'string' ? [item['name']] : [],
  )
  const own = [...new Set(names)].map((name): OutcomeType => ({
    name,
    tone: 'neutral',
    meaning: `The case "${name}".`,
  }))
  return [...own, ...nodeType.outcomes]
}
