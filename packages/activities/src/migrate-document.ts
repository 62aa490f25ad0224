/** Steps of older node versions, brought to the newest. */
import type { DocumentNode, RunbookDocument } from '@tenon/runbook'
import type { NodeDefinition } from './node.ts'

export interface MigratedStep {
  id: string
  /** Type references: `judge.loss`, `judge.loss@2`. */
  from: string
  to: string
}

/**
 * Takes every step through the upgrades of its node type, one version after the other, as far as they lead. Steps of types without an upgrade stay as
 * they are. Pure; done twice it is done once.
 *
 * @param nodes the registry: of each type, the versions that exist.
 */
export function migrateDocument(
  document: RunbookDocument,
  nodes: readonly NodeDefinition[],
): { document: RunbookDocument; steps: MigratedStep[] } {
  const steps: MigratedStep[] = []
  let { edges } = document
  const migrated = Object.entries(document.nodes).map(([id, node]) => {
    let now = node
    for (let next = successorOf(now, nodes); next; next = successorOf(now, nodes)) {
      const { upgrade, definition } = next
      const { outcomes = {} } = upgrade
      const renamed = (name: string): string => (Object.hasOwn(outcomes, name) ? (outcomes[name] ?? name) : name)
      edges = edges.map((edge) => (edge.from === id ? { ...edge, on: renamed(edge.on) } : edge))
      now = {
        ...now,
        type: referenceOf(definition),
        with: upgrade.migrate(structuredClone(now.with)),
        ...(now.mute === undefined ? {} : { mute: renamed(now.mute) }),
      }
    }
    if (now !== node) steps.push({ id, from: node.type, to: now.type })
    return [id, now] as const
  })
  return steps.length === 0
    ? { document, steps }
    : { document: { ...document, nodes: Object.fromEntries(migrated), edges }, steps }
}

/** A version that takes over from the step's; the highest when several do. */
function successorOf(node: DocumentNode, nodes: readonly NodeDefinition[]) {
  const [, type, version] = /^(.+?)(?:@(\d+))?$/.exec(node.type) ?? []
  const successors = nodes.flatMap((definition) => {
    const { upgrade } = definition
    return upgrade && definition.type === type && upgrade.from === Number(version ?? 1) ? [{ upgrade, definition }] : []
  })
  return successors.toSorted((a, b) => b.definition.version - a.definition.version)[0]
}

const referenceOf = ({ type, version }: NodeDefinition): string => (version === 1 ? type : `${type}@${version}`)
