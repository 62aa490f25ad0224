/** Two changes of one runbook made at the same time, brought together. */
import { edgeKey, settingsOf } from '../diff/diff-runbooks.ts'
import { unionOfKeys, fieldOf } from '../diff/field-changes.ts'
import type { DocumentEdge, RunbookDocument } from '../document.ts'
import { buildGraph } from '../graph.ts'
import { changedAround, changedInputs, mentionsAnew } from './changed-around.ts'
import { createConflictLog, type Choices, type Conflict, type ConflictLog } from './conflict.ts'
import { followRenames, type Sides } from './follow-renames.ts'
import { mergeEntry, mergeValues } from './merge-values.ts'

export interface Merge {
  /** All that does not conflict from both sides; where they conflict, what was chosen. */
  merged: RunbookDocument
  conflicts: Conflict[]
}

/**
 * Merges by step, field, edge, parameter, trigger, setting and test. Only what both sides changed in different ways conflicts, and what one side removed
 * while the other changed or came to need it. Positions never conflict: ours win.
 *
 * @param choices by a conflict's key; ours where none is made. Every conflict is listed, chosen or not.
 * @example mergeRunbooks({ base, ours, theirs }).conflicts.map(conflictPlace) // ['step source, window']
 */
export function mergeRunbooks(sides: Sides, choices: Choices = {}): Merge {
  const log = createConflictLog(choices)
  const named = followRenames(sides, log)
  const { base, ours, theirs } = named
  const settings = mergeValues(map(named, settingsOf), [], log)
  const nodes = mergeNodes(named, log)
  const edges = mergeEdges(named, nodes, log)
  const merged: RunbookDocument = {
    ...settings,
    params: mergeCollection(named, 'params', log, (side, name) => mentionsAnew(side, base, `params.${name}`)),
    triggers: mergeCollection(named, 'triggers', log),
    nodes,
    edges,
    tests: mergeCollection(named, 'tests', log),
    layout: {
      ...Object.fromEntries(
        Object.entries(ours.layout).filter(([id]) => Object.hasOwn(nodes, id) || !Object.hasOwn(ours.nodes, id)),
      ),
      ...Object.fromEntries(
        Object.entries(theirs.layout).filter(([id]) => Object.hasOwn(nodes, id) && !Object.hasOwn(ours.nodes, id)),
      ),
    },
  }
  return { merged, conflicts: log.conflicts }
}

/** @param needs whether a side came to need an entry that the other side removed. */
function mergeCollection<K extends 'params' | 'triggers' | 'tests'>(
  { base, ours, theirs }: Sides,
  collection: K,
  log: ConflictLog,
  needs: (side: RunbookDocument, id: string) => boolean = () => false,
): RunbookDocument[K] {
  const entries = unionOfKeys(ours[collection], theirs[collection]).map((id) => {
    const values = {
      base: fieldOf<unknown>(base[collection], id),
      ours: fieldOf<unknown>(ours[collection], id),
      theirs: fieldOf<unknown>(theirs[collection], id),
    }
    const needed = { ours: () => needs(ours, id), theirs: () => needs(theirs, id) }
    return [id, mergeEntry(values, { path: [collection, id], needed, log })] as const
  })
  // Values of the collections of three documents of one schema, field by field: still of that schema's shape.
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as RunbookDocument[K]
}

function mergeNodes(sides: Sides & Pick<ReturnType<typeof followRenames>, 'renamed'>, log: ConflictLog) {
  const { base, ours, theirs, renamed } = sides
  const nodes: RunbookDocument['nodes'] = {}
  for (const id of unionOfKeys(ours.nodes, theirs.nodes)) {
    const path = ['nodes', id]
    const values = {
      base: fieldOf(base.nodes, id),
      ours: fieldOf(ours.nodes, id),
      theirs: fieldOf(theirs.nodes, id),
    }
    const needed = {
      ours: () => renamed.ours.has(id) || changedAround(ours, base, id),
      theirs: () => renamed.theirs.has(id) || changedAround(theirs, base, id),
    }
    // Inputs and outcomes belong to a type: those of one type with another type would be neither side's step.
    const retyped = (mine: 'ours' | 'theirs', other: 'ours' | 'theirs'): boolean =>
      values.base !== undefined &&
      values[mine] !== undefined &&
      values[other] !== undefined &&
      values[mine].type !== values.base.type &&
      values[other].type !== values[mine].type &&
      changedInputs(sides[other], base, id)
    const merged =
      retyped('ours', 'theirs') || retyped('theirs', 'ours')
        ? log.settle(path, 'changed', values)
        : mergeEntry(values, { path, needed, log })
    if (merged !== undefined) nodes[id] = merged
  }
  return nodes
}

function mergeEdges({ base, ours, theirs }: Sides, nodes: RunbookDocument['nodes'], log: ConflictLog): DocumentEdge[] {
  const keys = { base: keysOf(base.edges), ours: keysOf(ours.edges), theirs: keysOf(theirs.edges) }
  const edges = [
    ...ours.edges.filter((edge) => keys.theirs.has(edgeKey(edge)) || !keys.base.has(edgeKey(edge))),
    ...theirs.edges.filter((edge) => !keys.ours.has(edgeKey(edge)) && !keys.base.has(edgeKey(edge))),
  ]
  // A step that was kept although one side removed it keeps the edges that the other side has.
  const present = keysOf(edges)
  for (const side of [ours, theirs]) {
    const other = side === ours ? theirs : ours
    for (const edge of side.edges) {
      const kept = [edge.from, edge.to].some((id) => Object.hasOwn(side.nodes, id) && !Object.hasOwn(other.nodes, id))
      if (!kept || present.has(edgeKey(edge))) continue
      present.add(edgeKey(edge))
      edges.push(edge)
    }
  }
  const joined = edges.filter(({ from, to }) => Object.hasOwn(nodes, from) && Object.hasOwn(nodes, to))
  return withoutCycles(joined, { nodes, keys, log })
}

/** Edges of the two sides can close a circle that neither has. One side's edges of it are then left out, and that is a conflict. */
function withoutCycles(
  edges: DocumentEdge[],
  {
    nodes,
    keys,
    log,
  }: { nodes: RunbookDocument['nodes']; keys: { ours: Set<string>; theirs: Set<string> }; log: ConflictLog },
): DocumentEdge[] {
  const { cycle } = buildGraph({ nodes, edges })
  const inCycle = edges.filter(({ from, to }) => {
    const at = cycle.indexOf(from)
    return at !== -1 && cycle[(at + 1) % cycle.length] === to
  })
  const ours = inCycle.filter((edge) => !keys.theirs.has(edgeKey(edge)))
  const theirs = inCycle.filter((edge) => !keys.ours.has(edgeKey(edge)))
  if (ours.length === 0 || theirs.length === 0) return edges
  const stable = theirs.map(({ from, on, to }) => edgeKey({ from: log.stableName(from), on, to: log.stableName(to) }))
  const kept = log.settle(['edges', ...stable], 'cycle', { base: undefined, ours, theirs })
  const dropped = kept === ours ? theirs : ours
  return withoutCycles(
    edges.filter((edge) => !dropped.includes(edge)),
    { nodes, keys, log },
  )
}

const keysOf = (edges: readonly DocumentEdge[]): Set<string> => new Set(edges.map(edgeKey))

function map<T>({ base, ours, theirs }: Sides, of: (document: RunbookDocument) => T) {
  return { base: of(base), ours: of(ours), theirs: of(theirs) }
}
