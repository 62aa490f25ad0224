/** What people are shown of a data service, and the words that it is found by. */
import type { Measure } from '../model/model.ts'
import type { ModelIndex } from '../model/model-index.ts'
import type { DataServiceItem } from './list-data-services.ts'
import { meaningsOf, wordsOf } from './words.ts'

export interface ShownItem {
  title: string
  subtitle: string
  unit?: string
}

/** @param part the entity whose part of a table of `each` is meant. */
export function showItem(index: ModelIndex, item: DataServiceItem, part: string | null = null): ShownItem {
  switch (item.kind) {
    case 'measure': {
      const { tableId, table, measure } = item
      const of = part ?? table.entity ?? null
      const about = of === null ? (table.title ?? tableId) : (index.entity(of)?.title ?? of)
      const by = Object.keys(table.dimensions).filter((name) => part === null || name !== table.each)
      const each = part === null && table.each !== undefined ? `each ${table.each}` : ''
      const facts = [about, each, by.length > 0 ? `by ${by.slice(0, 6).join(', ')}` : '', table.source ?? 'derived']
      return { title: measure.title, subtitle: joined(facts), unit: measure.unit }
    }
    case 'entity': {
      const { id, kind, title, owner, attributes } = item.entity
      const shown = Object.entries(attributes).slice(0, 4)
      const facts = [
        kind,
        owner === undefined ? '' : `owner ${owner}`,
        ...shown.map(([key, value]) => `${key} ${value}`),
      ]
      return { title: title ?? id, subtitle: joined(facts) }
    }
    case 'table': {
      const { table, ref } = item
      const count = Object.keys(table.measures).length
      const of = table.each === undefined ? (table.entity ?? '') : `each ${table.each}`
      return {
        title: table.title ?? ref,
        subtitle: joined([`${count} ${count === 1 ? 'measure' : 'measures'}`, of, table.source ?? 'derived']),
      }
    }
    case 'chain':
      return {
        title: item.chain.title,
        subtitle: joined([item.chain.steps.map(({ title }) => title).join(' → ')]),
      }
  }
}

const joined = (facts: string[]): string => facts.filter((fact) => fact !== '').join(' · ')

/** What an item is found by: each word and what it weighs, 0..1; and of how many words its name is. */
export function wordsOfItem(index: ModelIndex, item: DataServiceItem): { words: Map<string, number>; name: number } {
  const words = new Map<string, number>()
  const add = (text: string | undefined, weight: number): string[] => {
    const found = text === undefined ? [] : wordsOf(text)
    for (const word of found) raise(words, word, weight)
    return found
  }
  const mean = (found: string[], weight: number) => {
    for (const meaning of meaningsOf(found)) raise(words, meaning, weight)
  }
  switch (item.kind) {
    case 'measure': {
      const { tableId, table, measureId, measure } = item
      const called = [...add(measureId, 1), ...add(measure.title, 1)]
      const entity = table.entity === undefined ? null : index.entity(table.entity)
      const about = [
        ...add(tableId, 0.8),
        ...add(table.title, 0.6),
        ...add(entity?.id, 0.8),
        ...add(entity?.title, 0.8),
      ]
      mean(called, 0.8)
      const name = new Set([...called, ...about]).size
      const asked = [measure.select, measure.of, measure.per].flatMap((selector) => add(selector, 0.4))
      mean([...about, ...asked], 0.4)
      add(entity?.kind ?? table.each, 0.3)
      add(entity?.owner, 0.3)
      add(measure.unit, 0.4)
      add(measure.description, 0.35)
      add(wordsOfKind[measure.kind], 0.3)
      if (measure.kind === 'histogram' && ['s', 'ms'].includes(measure.unit)) raise(words, '~latency', 0.7)
      for (const dimension of Object.keys(table.dimensions)) {
        add(dimension, 0.3)
        raise(words, dimensionWord(dimension), 0.6)
      }
      return { words, name }
    }
    case 'entity': {
      const { id, kind, title, owner, attributes } = item.entity
      const called = [...add(id, 1), ...add(title, 1)]
      mean(called, 0.5)
      add(kind, 0.5)
      add(owner, 0.4)
      for (const [key, value] of Object.entries(attributes)) {
        add(key, 0.2)
        add(value, 0.4)
      }
      return { words, name: new Set(called).size }
    }
    case 'table': {
      const { table, ref } = item
      const called = [...add(ref, 0.9), ...add(table.title, 0.9)]
      mean(called, 0.5)
      add(table.description, 0.35)
      add(table.entity, 0.5)
      add(table.each, 0.4)
      add(table.source, 0.3)
      add(table.from, 0.4)
      add('table', 0.3)
      return { words, name: new Set(called).size }
    }
    case 'chain': {
      const called = [...add(item.chain.id, 1), ...add(item.chain.title, 1)]
      add('chain business flow', 0.4)
      add(item.chain.owner, 0.4)
      for (const { title, entity } of item.chain.steps) {
        add(title, 0.3)
        add(entity, 0.3)
      }
      return { words, name: new Set(called).size }
    }
  }
}

const wordsOfKind: Record<Measure['kind'], string> = {
  counter: 'counter rate per minute',
  gauge: 'gauge level',
  ratio: 'ratio rate share',
  histogram: 'histogram percentile quantile',
  derived: 'derived formula',
}

/** Stands in the index for "it can be filtered by this"; no word of a text is written so. */
export const dimensionWord = (name: string): string => `=${name.toLowerCase()}`

function raise(words: Map<string, number>, word: string, weight: number): void {
  if ((words.get(word) ?? 0) < weight) words.set(word, weight)
}
