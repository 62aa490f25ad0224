import { describe, expect, it } from 'vitest'
import {
  acceptedKeys,
  changeNote,
  countWords,
  findChanges,
  readChanges,
  type ProposedChange,
} from './proposed-changes.ts'

const changes: ProposedChange[] = [
  {
    key: 'entities/a',
    section: 'entities',
    op: 'add',
    title: 'Service A',
    after: { id: 'a', kind: 'service', title: 'A' },
  },
  { key: 'tables/payment', section: 'tables', op: 'change', title: 'Payment requests' },
  { key: 'relations/x', section: 'relations', op: 'remove', title: 'a calls b' },
]

describe('changes of a proposal', () => {
  it('are read, and are none while it has not ended', () => {
    expect(readChanges(changes)).toEqual(changes)
    expect(readChanges(null)).toEqual([])
    expect(readChanges([{ key: 1 }])).toEqual([])
  })
  it('are found by their words', () => {
    expect(findChanges(changes, 'payment REQUESTS').map(({ key }) => key)).toEqual(['tables/payment'])
    expect(findChanges(changes, ' ')).toHaveLength(3)
    expect(findChanges(changes, 'remove')).toHaveLength(1)
    // By what is written in them, too: a metric's name.
    expect(findChanges(changes, '"id":"a"')).toHaveLength(1)
  })
  it('say what they are', () => {
    expect(changes.map(changeNote)).toEqual(['A, service', '', ''])
  })
  it('are accepted all, or all but those left out', () => {
    expect(acceptedKeys(changes, new Set())).toEqual({ count: 3 })
    expect(acceptedKeys(changes, new Set(['relations/x']))).toEqual({
      only: ['entities/a', 'tables/payment'],
      count: 2,
    })
  })
  it('are counted in words', () => {
    expect(countWords(changes)).toBe('1 new, 1 changed, 1 gone')
    expect(countWords([])).toBe('')
  })
})
