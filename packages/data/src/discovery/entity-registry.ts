/** Entities by kind and value, with ids that stay what they were: known ones keep theirs, new ones get what is free. */
import type { Entity } from '../model/model.ts'
import { dimensionValue } from '../model/model-index.ts'
import { idOf, titleOf } from './plain-words.ts'

export interface EntityRegistry {
  /** The entity's id; made when it is new. */
  id(kind: string, value: string): string
  /** The id of what has the value, of whatever kind; null when nothing has. Of several the first of `kinds`. */
  find(value: string, kinds: readonly string[]): string | null
  /** Attributes and titles are added where there are none yet. */
  add(kind: string, value: string, more?: Partial<Pick<Entity, 'title' | 'owner' | 'attributes'>>): string
  has(id: string): boolean
  /** That were made here, or are this source's already. */
  all(): Entity[]
}

/** Of so many that a title would only repeat the id. */
const untitled = new Set(['host', 'pod'])

export function entityRegistry(
  known: readonly Entity[],
  { source, prefixed }: { source: string; prefixed: readonly string[] },
): EntityRegistry {
  const taken = new Map(known.map((entity) => [entity.id, entity]))
  const byValue = new Map(known.map((entity) => [`${entity.kind} ${dimensionValue(entity)}`, entity]))
  const own = new Map(known.filter(({ from }) => from === source).map((entity) => [entity.id, entity]))

  function make(kind: string, value: string): Entity {
    const plain = prefixed.includes(kind) ? idOf(`${kind}-${value}`, kind) : idOf(value, kind)
    const id = free([plain, `${plain}-${kind}`])
    const entity: Entity = {
      id,
      kind,
      ...(untitled.has(kind) ? {} : { title: titleOf(prefixed.includes(kind) ? `${kind} ${value}` : value) }),
      attributes: id === value ? {} : { [kind]: value },
      from: source,
    }
    taken.set(id, entity)
    byValue.set(`${kind} ${value}`, entity)
    own.set(id, entity)
    return entity
  }

  function free(wanted: readonly string[]): string {
    for (const id of wanted) if (!taken.has(id)) return id
    for (let number = 2; ; number++) {
      const id = `${wanted.at(-1) ?? 'entity'}-${number}`
      if (!taken.has(id)) return id
    }
  }

  const get = (kind: string, value: string) => byValue.get(`${kind} ${value}`) ?? make(kind, value)
  return {
    id: (kind, value) => get(kind, value).id,
    find(value, kinds) {
      for (const kind of kinds) {
        const found = byValue.get(`${kind} ${value}`)
        if (found) return found.id
      }
      return null
    },
    add(kind, value, more = {}) {
      const found = get(kind, value)
      const isOwn = found.from === source
      const title = isOwn ? (more.title ?? found.title) : (found.title ?? more.title)
      const owner = found.owner ?? more.owner
      // In the order of the schema, as it is read back.
      const added: Entity = {
        ...found,
        ...(title === undefined ? {} : { title }),
        ...(owner === undefined ? {} : { owner }),
        attributes: { ...more.attributes, ...found.attributes },
      }
      taken.set(found.id, added)
      byValue.set(`${kind} ${value}`, added)
      // What another source found first stays its own; only what this one adds is not written twice.
      if (isOwn) own.set(found.id, added)
      return found.id
    },
    has: (id) => taken.has(id),
    all: () => [...own.values()].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)),
  }
}
