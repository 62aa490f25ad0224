/** From a cluster or a catalogue to entities and relations: they know what exists and what belongs together, and measure nothing. */
import type { Relation } from '../model/model.ts'
import type { Discovered, DiscoveryOptions } from './discovered.ts'
import { entityRegistry } from './entity-registry.ts'
import type { ThingsReader } from './readers.ts'

export async function discoverThings(reader: ThingsReader, { rules, known }: DiscoveryOptions): Promise<Discovered> {
  const { source } = reader
  const found = await reader.things()
  const before = known?.entities ?? []
  // What this source said before and does not say any more is left out, so that its removal is proposed.
  const others = before.filter(({ from }) => from !== source)
  const said = new Set(found.things.map(({ kind, name }) => `${kind} ${name}`))
  const still = before.filter(
    (entity) => entity.from === source && said.has(`${entity.kind} ${entity.attributes[entity.kind] ?? entity.id}`),
  )
  // Ids stay; all else is said anew.
  const kept = still.map(({ id, kind, attributes, from }) => ({
    id,
    kind,
    from,
    attributes: attributes[kind] === undefined ? {} : { [kind]: attributes[kind] },
  }))
  const entities = entityRegistry([...others, ...kept], { source, prefixed: rules.prefixed })
  for (const { kind, name, title, owner, attributes } of found.things)
    entities.add(kind, name, {
      attributes,
      ...(title === undefined ? {} : { title }),
      ...(owner === undefined ? {} : { owner }),
    })
  const relations = new Map<string, Relation>()
  const isSaid = new Set(
    others.length === 0 ? [] : (known?.relations ?? []).filter(({ by }) => !by?.startsWith(`${source}: `)).map(keyOf),
  )
  for (const link of found.links) {
    const from = entities.find(link.from.name, [link.from.kind])
    const to = entities.find(link.to.name, [link.to.kind])
    if (from === null || to === null || from === to) continue
    const relation: Relation = { from, to, kind: link.kind, by: `${source}: ${link.by}` }
    // What another source says already is not said twice.
    if (!isSaid.has(keyOf(relation))) relations.set(keyOf(relation), relation)
  }
  const sorted = [...relations.values()].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
  return {
    content: { tenonModel: 1, entities: entities.all(), tables: {}, relations: sorted, chains: [] },
    whole: found.whole,
    notes: found.notes,
  }
}

const keyOf = ({ from, to, kind }: Pick<Relation, 'from' | 'to' | 'kind'>) => `${from} ${kind} ${to}`
