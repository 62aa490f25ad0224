import type { NodeType, RunbookDocument } from '@tenon/runbook'

/** Steps for whose node type a newer version exists. Whether their inputs can be taken along is the server's to say. */
export function outdatedSteps(document: RunbookDocument, nodeTypes: readonly NodeType[]): string[] {
  const newest = new Map<string, number>()
  for (const { type, version } of nodeTypes) newest.set(type, Math.max(version, newest.get(type) ?? 0))
  return Object.entries(document.nodes).flatMap(([id, node]) => {
    const [type = '', version = '1'] = node.type.split('@')
    return (newest.get(type) ?? 0) > Number(version) ? [id] : []
  })
}
