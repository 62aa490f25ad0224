import { describe, expect, it } from 'vitest'
import { modelFile, type Model } from '../model/model.ts'
import { applyChanges } from './apply-changes.ts'
import { diffModels } from './diff-models.ts'

const measure = (select: string) => ({ title: 'T', kind: 'counter', unit: 'x/min', bad: 'down', select })
const model = (content: object): Model => modelFile.parse({ tenonModel: 1, ...content })

const before = model({
  entities: [
    { id: 'pay', kind: 'service', from: 'm' },
    { id: 'gone', kind: 'host', from: 'm' },
  ],
  tables: { pay: { entity: 'pay', source: 'm', measures: { a: measure('a_total'), b: measure('b_total') } } },
  relations: [{ from: 'pay', to: 'gone', kind: 'runs-on', by: 'm: labels' }],
})
const after = model({
  entities: [
    { id: 'pay', kind: 'service', title: 'Pay', from: 'm' },
    { id: 'risk', kind: 'service', from: 'm' },
  ],
  tables: {
    pay: { entity: 'pay', source: 'm', measures: { a: measure('a2_total') } },
    risk: { entity: 'risk', source: 'm', measures: { c: measure('c_total') } },
  },
  relations: [{ from: 'pay', to: 'risk', kind: 'calls', by: 'm: graph' }],
})
const changes = diffModels(before, after)

describe('diffModels', () => {
  it('names each piece once', () => {
    expect(changes.map(({ op, key }) => `${op} ${key}`)).toEqual([
      'remove entities/gone',
      'change entities/pay',
      'add entities/risk',
      'change tables/pay/a',
      'remove tables/pay/b',
      'add tables/risk',
      'add tables/risk/c',
      'add relations/pay calls risk',
      'remove relations/pay runs-on gone',
    ])
    expect(diffModels(before, before)).toEqual([])
  })
})

describe('applyChanges', () => {
  it('all of them make the one model the other', () => {
    expect(diffModels(applyChanges(before, changes), after)).toEqual([])
  })

  it('also after they were kept as JSON', () => {
    const kept = JSON.parse(JSON.stringify(changes)) as typeof changes
    expect(diffModels(applyChanges(before, kept), after)).toEqual([])
  })

  it('what a change needs comes with it', () => {
    const some = applyChanges(before, changes, ['tables/risk/c'])
    expect(some.tables.risk?.measures.c).toBeDefined()
    expect(some.entities.map(({ id }) => id)).toContain('risk')
    expect(some.tables.pay?.measures.b).toBeDefined()
    const linked = applyChanges(before, changes, ['relations/pay calls risk'])
    expect(linked.entities.map(({ id }) => id)).toContain('risk')
    expect(linked.tables.risk).toBeUndefined()
  })

  it('a relation goes with what it leads to', () => {
    const some = applyChanges(before, changes, ['entities/gone'])
    expect(some.relations).toEqual([])
  })

  it('nothing is lost when nothing is taken, and what is not offered is refused', () => {
    expect(diffModels(applyChanges(before, changes, []), before)).toEqual([])
    expect(() => applyChanges(before, changes, ['entities/other'])).toThrow(/no change "entities\/other"/)
  })
})
