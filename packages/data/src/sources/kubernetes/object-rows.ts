/** A cluster's objects with their fields by name: `phase`, `ready`, `labels/app.kubernetes.io/name`, `annotations/team`. */
import type { Row } from '../rows/row.ts'
import type { ObjectKind } from './list-objects.ts'
import type { ClusterObject } from './read-cluster.ts'

/** The fields of each kind that are numbers. */
export const numbersOf: Record<ObjectKind, readonly string[]> = {
  pods: ['restarts'],
  deployments: ['replicas', 'ready', 'available', 'updated'],
  services: [],
  nodes: [],
}

export function rowOf(object: ClusterObject): Row {
  const fields = new Map<string, string | number | boolean | null>()
  for (const [name, value] of Object.entries(object)) {
    if (name === 'owner' && isOwner(value)) fields.set('owner', value.name).set('owner.kind', value.kind)
    else if (['string', 'number', 'boolean'].includes(typeof value)) fields.set(name, value)
  }
  return {
    text(field) {
      for (const [begin, values] of [
        ['labels/', object.labels],
        ['annotations/', object.annotations],
      ] as const) {
        const key = field.slice(begin.length)
        if (field.startsWith(begin)) return Object.hasOwn(values, key) ? values[key]! : ''
      }
      return String(fields.get(field) ?? '')
    },
    number(field) {
      const value = fields.get(field)
      return typeof value === 'number' && Number.isFinite(value) ? value : null
    },
  }
}

function isOwner(value: unknown): value is { kind: string; name: string } {
  return typeof value === 'object' && value !== null && 'kind' in value && 'name' in value
}
