/** What a runbook names that the model has no longer. Pure. */
import { indexModel, type Model } from '@tenon/data'
import type { Catalogue, RunbookDocument } from '@tenon/runbook'
import * as z from 'zod'

export interface GoneReference {
  kind: 'chain' | 'entity' | 'measure'
  name: string
  /** The step, or the parameter whose default it is. */
  where: string
}

const widget = z.object({ 'x-widget': z.string() })
const fields = z.object({ properties: z.record(z.string(), z.unknown()) })
const list = z.object({ items: z.unknown() })
const map = z.record(z.string(), z.unknown())
const reference = /^[A-Za-z][A-Za-z0-9-]*\.[A-Za-z][A-Za-z0-9-]*$/

/** Literal values only: what an expression gives is known when it runs. */
export function goneReferences(document: RunbookDocument, model: Model, catalogue: Catalogue): GoneReference[] {
  const index = indexModel(model)
  const chains = new Set(model.chains.map(({ id }) => id))
  const isGone = (kind: GoneReference['kind'], name: string): boolean => {
    if (name === '' || name.includes('${')) return false
    switch (kind) {
      case 'chain':
        return !chains.has(name)
      case 'entity':
        return !index.entity(name)
      case 'measure':
        return reference.test(name) && !index.measure(name)
    }
  }
  const found: GoneReference[] = []
  const look = (kind: GoneReference['kind'] | null, value: unknown, where: string): void => {
    if (kind === null) return
    for (const name of Array.isArray(value) ? value : [value])
      if (typeof name === 'string' && isGone(kind, name)) found.push({ kind, name, where })
  }
  /** Also what is named within a list of objects, such as the measures of `harm`. */
  const lookInside = (value: unknown, schema: unknown, where: string): void => {
    if (Array.isArray(value)) {
      const { data } = list.safeParse(schema)
      for (const item of value) lookInside(item, data?.items, where)
      return
    }
    const given = map.safeParse(value).data ?? {}
    for (const [name, inner] of Object.entries(fields.safeParse(schema).data?.properties ?? {})) {
      const kind = kindOf(name, inner)
      if (kind === null) lookInside(given[name], inner, where)
      else look(kind, given[name], where)
    }
  }
  for (const [name, { type, default: value }] of Object.entries(document.params))
    look(
      type === 'chain' || type === 'entity' ? type : name === 'measure' ? 'measure' : null,
      value,
      `parameter ${name}`,
    )
  for (const [id, node] of Object.entries(document.nodes)) {
    const [type = '', version = '1'] = node.type.split('@')
    const nodeType = catalogue.nodeTypes.find((one) => one.type === type && one.version === Number(version))
    lookInside(node.with, nodeType?.inputSchema, node.title ?? nodeType?.title ?? id)
  }
  return found
}

function kindOf(name: string, schema: unknown): GoneReference['kind'] | null {
  const { data } = widget.safeParse(schema)
  switch (data?.['x-widget']) {
    case 'chain':
    case 'entity':
    case 'measure':
      return data['x-widget']
    default:
      // Fields that hold measures are called so, whatever control they have.
      return name === 'measure' || name === 'measures' ? 'measure' : null
  }
}
