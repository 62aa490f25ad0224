/** A model after some of the changes that were proposed to it. */
import { chain, entity, measure, relation, table, type Table } from '../model/model.ts'
import { DataError } from '../data-error.ts'
import type { ModelChange, Parts } from './diff-models.ts'

const tableHead = table.omit({ measures: true })

/**
 * @param only keys of the changes to take; all without it. What a change needs that is not taken is taken with it where that can only be
 * one thing: a measure its new table, a table or relation its new entities.
 * @throws DataError `bad-model` for a key that is not among the changes
 */
export function applyChanges(parts: Parts, changes: readonly ModelChange[], only?: readonly string[]): Parts {
  const byKey = new Map(changes.map((change) => [change.key, change]))
  const unknown = only?.find((key) => !byKey.has(key))
  if (unknown !== undefined)
    throw new DataError('bad-model', `The proposal has no change "${unknown}".`, { fix: 'Open the proposal again.' })
  const taken = only ? withNeeds(only, byKey) : new Set(byKey.keys())
  const entities = new Map(parts.entities.map((one) => [one.id, one]))
  const tables = new Map(
    Object.entries(parts.tables).map(([id, one]) => [id, { ...one, measures: { ...one.measures } }]),
  )
  const relations = new Map(parts.relations.map((one) => [`${one.from} ${one.kind} ${one.to}`, one]))
  const chains = new Map(parts.chains.map((one) => [one.id, one]))

  // Tables before their measures, because keys are sorted; what goes, goes last.
  for (const { key, section, op, after } of [...changes].sort(
    (a, b) => Number(a.op === 'remove') - Number(b.op === 'remove'),
  )) {
    if (!taken.has(key)) continue
    const id = key.slice(key.indexOf('/') + 1)
    switch (section) {
      case 'entities':
        if (op === 'remove') entities.delete(id)
        else entities.set(id, entity.parse(after))
        break
      case 'relations':
        if (op === 'remove') relations.delete(id)
        else relations.set(id, relation.parse(after))
        break
      case 'chains':
        if (op === 'remove') chains.delete(id)
        else chains.set(id, chain.parse(after))
        break
      case 'tables':
        changeTable(tables, id, op === 'remove' ? null : after)
        break
    }
  }
  const kinds = new Set([...entities.values()].map(({ kind }) => kind))
  return {
    entities: [...entities.values()],
    tables: Object.fromEntries(
      [...tables]
        .filter(([, { measures }]) => Object.keys(measures).length > 0)
        .map(([id, one]) => [id, canReport(one) ? one : { ...one, expected: undefined }]),
    ),
    relations: [...relations.values()].filter(({ from, to }) => isLeft(from) && isLeft(to)),
    chains: [...chains.values()],
  }

  /** Where no host was accepted none can be expected to report. */
  function canReport({ expected }: Table): boolean {
    const kind = expected?.kind
    return kind === undefined || kinds.has(kind)
  }

  /** A relation to what was removed goes with it; one to what others know stays. */
  function isLeft(id: string): boolean {
    return entities.has(id) || !(taken.has(`entities/${id}`) && byKey.get(`entities/${id}`)?.op === 'remove')
  }
}

function changeTable(tables: Map<string, Table>, id: string, after: unknown): void {
  const [tableId = '', name] = id.split('/')
  const found = tables.get(tableId)
  if (name === undefined) {
    if (after === null) tables.delete(tableId)
    else tables.set(tableId, { ...tableHead.parse(after), measures: found?.measures ?? {} })
  } else if (found) {
    if (after === null) delete found.measures[name]
    else found.measures[name] = measure.parse(after)
  }
}

function withNeeds(only: readonly string[], byKey: ReadonlyMap<string, ModelChange>): Set<string> {
  const taken = new Set<string>()
  const take = (key: string): void => {
    const change = byKey.get(key)
    if (!change || taken.has(key)) return
    taken.add(key)
    if (change.op === 'remove') return
    for (const needed of needsOf(change)) if (byKey.get(needed)?.op === 'add') take(needed)
  }
  for (const key of only) take(key)
  return taken
}

function needsOf({ key, section, after }: ModelChange): string[] {
  switch (section) {
    case 'tables': {
      const [, tableId, name] = key.split('/')
      if (name !== undefined) return [`tables/${tableId}`]
      const head = tableHead.safeParse(after).data
      return head?.entity === undefined ? [] : [`entities/${head.entity}`]
    }
    case 'relations': {
      const found = relation.safeParse(after).data
      return found ? [`entities/${found.from}`, `entities/${found.to}`] : []
    }
    case 'chains':
      return (chain.safeParse(after).data?.steps ?? []).map((step) => `entities/${step.entity}`)
    case 'entities':
      return []
  }
}
