/** What differs between two models, piece by piece, so that a person can accept all of it or some. */
import { isDeepStrictEqual } from 'node:util'
import type { Chain, Entity, Measure, Model, Relation, Table } from '../model/model.ts'

export interface ModelChange {
  /** `entities/payment`, `tables/shop-service`, `tables/shop-service/attempts`, `relations/payment calls risk`, `chains/card-payment`. */
  key: string
  section: 'entities' | 'tables' | 'relations' | 'chains'
  op: 'add' | 'remove' | 'change'
  title: string
  before?: unknown
  after?: unknown
}

export type Parts = Pick<Model, 'entities' | 'tables' | 'relations' | 'chains'>

/** Entities, then tables and their measures, relations and chains; each in the order of its keys. */
export function diffModels(before: Parts, after: Parts): ModelChange[] {
  const [a, b] = [piecesOf(before), piecesOf(after)]
  const changes: ModelChange[] = []
  for (const [key, piece] of b) {
    const old = a.get(key)
    if (!old)
      changes.push({ key, section: piece.section, op: 'add', title: `Add ${piece.title}`, after: piece.content })
    else if (!isSame(old.content, piece.content))
      changes.push({
        key,
        section: piece.section,
        op: 'change',
        title: `Change ${piece.title}`,
        before: old.content,
        after: piece.content,
      })
  }
  for (const [key, { section, title, content }] of a)
    if (!b.has(key)) changes.push({ key, section, op: 'remove', title: `Remove ${title}`, before: content })
  return changes.sort((x, y) => rank(x) - rank(y) || (x.key < y.key ? -1 : x.key > y.key ? 1 : 0))
}

const rank = ({ section }: ModelChange) => ['entities', 'tables', 'relations', 'chains'].indexOf(section)

interface Piece {
  section: ModelChange['section']
  title: string
  content: Entity | Omit<Table, 'measures'> | Measure | Relation | Chain
}

function piecesOf({ entities, tables, relations, chains }: Parts): Map<string, Piece> {
  const pieces = new Map<string, Piece>()
  for (const entity of entities)
    pieces.set(`entities/${entity.id}`, { section: 'entities', title: `${entity.kind} ${entity.id}`, content: entity })
  for (const [id, { measures, ...head }] of Object.entries(tables)) {
    pieces.set(`tables/${id}`, { section: 'tables', title: `table ${id}`, content: head })
    for (const [name, measure] of Object.entries(measures))
      pieces.set(`tables/${id}/${name}`, { section: 'tables', title: `measure ${id}.${name}`, content: measure })
  }
  for (const relation of relations) {
    const key = `${relation.from} ${relation.kind} ${relation.to}`
    pieces.set(`relations/${key}`, { section: 'relations', title: `relation ${key}`, content: relation })
  }
  for (const chain of chains)
    pieces.set(`chains/${chain.id}`, { section: 'chains', title: `chain ${chain.id}`, content: chain })
  return pieces
}

/** In whatever order; a key that is not there and one that says nothing are the same. */
function isSame(a: unknown, b: unknown): boolean {
  const [textA, textB] = [JSON.stringify(a), JSON.stringify(b)]
  // Nearly all are the same to the letter, of 50,000.
  return textA === textB || isDeepStrictEqual(JSON.parse(textA), JSON.parse(textB))
}
