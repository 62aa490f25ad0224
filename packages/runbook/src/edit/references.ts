/** References to steps, loops and parameters inside `${ }`: who mentions whom, and following a rename. */
import { splitTemplate } from '../template.ts'

export type ReferenceRoot = 'steps' | 'loops' | 'params'

/** Quoted text is matched first, so that what only looks like a reference inside of it is passed over. */
const token =
  /"(?:\\[^]|[^"\\])*"|'(?:\\[^]|[^'\\])*'|(?<![\w.])(?:(steps|loops|params)(\s*\.\s*))([A-Za-z_][A-Za-z0-9_]*)/g

/**
 * Renames references in one pass over all names, so that a -> b together with b -> c does not turn a into c.
 *
 * @example renameReferences('${steps.a.outcome}', ['steps'], new Map([['a', 'b']])) // '${steps.b.outcome}'
 */
export function renameReferences(
  text: string,
  roots: readonly ReferenceRoot[],
  names: ReadonlyMap<string, string>,
): string {
  const split = splitTemplate(text)
  if (!split.ok) return text
  let renamed = ''
  let copied = 0
  for (const part of split.parts) {
    if (part.kind === 'text') continue
    const end = part.offset + part.cel.length
    renamed += text.slice(copied, part.offset)
    renamed += text.slice(part.offset, end).replace(token, (whole, root?: ReferenceRoot, dot?: string, name = '') => {
      const to = root && roots.includes(root) ? names.get(name) : undefined
      return to === undefined ? whole : `${root}${dot}${to}`
    })
    copied = end
  }
  return renamed + text.slice(copied)
}

/** Every reference in a value, however deep, as `steps.a`, `loops.a` or `params.a`. */
export function referencesIn(value: unknown, found = new Set<string>()): Set<string> {
  if (typeof value === 'string') {
    const split = splitTemplate(value)
    if (!split.ok) return found
    for (const part of split.parts) {
      if (part.kind === 'text') continue
      for (const [, root, , name] of part.cel.matchAll(token)) if (root) found.add(`${root}.${name}`)
    }
  } else if (Array.isArray(value)) for (const item of value) referencesIn(item, found)
  else if (typeof value === 'object' && value !== null)
    for (const item of Object.values(value)) referencesIn(item, found)
  return found
}

/** The value with `map` over every text in it. What has no text that changes keeps its identity. */
export function mapTexts<T>(value: T, map: (text: string) => string): T
export function mapTexts(value: unknown, map: (text: string) => string): unknown {
  if (typeof value === 'string') return map(value)
  if (Array.isArray(value)) {
    const items = value.map((item: unknown) => mapTexts(item, map))
    return items.every((item, index) => item === value[index]) ? value : items
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([key, item]: [string, unknown]) => [key, mapTexts(item, map)] as const)
    return entries.every(([key, item]) => item === Reflect.get(value, key)) ? value : Object.fromEntries(entries)
  }
  return value
}
