import type { Method, RestOperation } from './operation.ts'

export type RouteMatch =
  | { kind: 'found'; operation: RestOperation; params: Record<string, string> }
  | { kind: 'other-method'; allow: Method[] }
  | { kind: 'none' }

interface Branch {
  literals: Map<string, Branch>
  parameter: Branch | null
  /** Of the operations that end here. */
  byMethod: Map<string, { operation: RestOperation; names: string[] }>
}

/**
 * Finds operations by method and path; a literal part of a path comes before a parameter (`/runs/newest` before `/runs/{id}`).
 * @throws Error when two operations have one method and path, or one id.
 */
export function createRouteTable(operations: readonly RestOperation[]): (method: string, path: string) => RouteMatch {
  const root = branch()
  const ids = new Set<string>()
  for (const operation of operations) {
    if (ids.has(operation.id)) throw new Error(`Two operations have the id ${operation.id}.`)
    ids.add(operation.id)
    const names: string[] = []
    let at = root
    for (const part of operation.path.slice(1).split('/')) {
      if (part.startsWith('{')) {
        names.push(part.slice(1, -1))
        at = at.parameter ??= branch()
      } else {
        const next = at.literals.get(part) ?? branch()
        at.literals.set(part, next)
        at = next
      }
    }
    const same = at.byMethod.get(operation.method)
    if (same) throw new Error(`${operation.id} and ${same.operation.id} have one method and path.`)
    at.byMethod.set(operation.method, { operation, names })
  }

  return (method, path) => {
    const values: string[] = []
    const end = find(root, path.slice(1).split('/'), values)
    if (!end) return { kind: 'none' }
    const found = end.byMethod.get(method)
    if (!found) return { kind: 'other-method', allow: [...end.byMethod.values()].map((one) => one.operation.method) }
    return {
      kind: 'found',
      operation: found.operation,
      params: Object.fromEntries(found.names.map((name, n) => [name, values[n] ?? ''])),
    }
  }
}

function find(at: Branch, [part, ...rest]: string[], values: string[]): Branch | null {
  if (part === undefined) return at.byMethod.size > 0 ? at : null
  const literal = at.literals.get(part)
  const found = literal ? find(literal, rest, values) : null
  if (found || !at.parameter || part === '') return found
  values.push(unescaped(part))
  const through = find(at.parameter, rest, values)
  if (!through) values.pop()
  return through
}

/** A part that is no escape sequence is taken as it is: nothing is named so. */
function unescaped(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

const branch = (): Branch => ({ literals: new Map(), parameter: null, byMethod: new Map() })
