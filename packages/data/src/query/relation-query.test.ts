import { describe, expect, it } from 'vitest'
import { attributesOf, findEntity, queryEntities } from './entity-query.ts'
import { modelFile } from '../model/model.ts'
import { queryRelations } from './relation-query.ts'

const model = modelFile.parse({
  tenonModel: 1,
  entities: [
    ...['gateway', 'trade'].map((id) => ({ id, kind: 'service', owner: `${id}-team`, tier: 1 })),
    { id: 'risk', kind: 'service' },
    { id: 'db', kind: 'database', owner: 'trade-team' },
    { id: 'gw-1', kind: 'host', attributes: { service: 'gateway', zone: 'A' } },
    { id: 'tr-1', kind: 'host', attributes: { service: 'trade' } },
    { id: 'zone-B', kind: 'zone', owner: 'platform', attributes: { zone: 'B' } },
  ],
  relations: [
    { from: 'gateway', to: 'trade', kind: 'calls' },
    { from: 'trade', to: 'risk', kind: 'calls' },
    { from: 'trade', to: 'db', kind: 'stores-in' },
    { from: 'risk', to: 'trade', kind: 'calls' },
    { from: 'gateway', to: 'gw-1', kind: 'runs-on' },
    { from: 'trade', to: 'tr-1', kind: 'runs-on' },
    { from: 'tr-1', to: 'zone-B', kind: 'runs-on' },
  ],
})
const linksOf = (query: Parameters<typeof queryRelations>[1]) =>
  queryRelations(model, query).links.map(({ from, to, hops }) => `${hops} ${from} > ${to}`)

describe('queryRelations', () => {
  it('gives what an entity depends on, hop by hop', () => {
    expect(linksOf({ entity: 'gateway', direction: 'upstream' })).toEqual(['1 gateway > trade', '1 gateway > gw-1'])
    expect(linksOf({ entity: 'gateway', direction: 'upstream', depth: 2 })).toEqual([
      '1 gateway > trade',
      '1 gateway > gw-1',
      '2 trade > risk',
      '2 trade > db',
      '2 trade > tr-1',
    ])
    expect(queryRelations(model, { entity: 'db', direction: 'upstream' })).toEqual({
      root: 'db',
      entities: [findEntity(model, 'db')],
      links: [],
    })
  })

  it('gives what depends on it', () => {
    expect(linksOf({ entity: 'db', direction: 'downstream', depth: 2 })).toEqual([
      '1 trade > db',
      '2 gateway > trade',
      '2 risk > trade',
    ])
  })

  it('gives both, each link once, and ends in a cycle', () => {
    const { entities, links } = queryRelations(model, { entity: 'trade', direction: 'both', depth: 20 })
    expect(new Set(links.map(({ from, to }) => `${from} ${to}`)).size).toBe(links.length)
    expect(links).toHaveLength(6)
    expect(entities[0]!.id).toBe('trade')
    expect(entities).toHaveLength(6)
  })

  it('refuses what is not there, with the nearest that is', () => {
    expect(() => queryRelations(model, { entity: 'gatewy', direction: 'both' })).toThrow(
      expect.objectContaining({ code: 'unknown-entity', fix: 'Did you mean "gateway"?' }),
    )
    expect(() => queryRelations(model, { entity: 'db', direction: 'both', depth: 0 })).toThrow('depth of 0')
  })
})

describe('queryEntities', () => {
  const ids = (query: Parameters<typeof queryEntities>[1]) => queryEntities(model, query).map(({ id }) => id)

  it('finds by kind, id and attributes', () => {
    expect(ids({ kind: 'host' })).toEqual(['gw-1', 'tr-1'])
    expect(ids({ id: 'db' })).toEqual(['db'])
    expect(ids({ kind: 'host', where: { service: 'trade' } })).toEqual(['tr-1'])
    expect(ids({ kind: 'host', id: 'db' })).toEqual([])
    expect(ids({})).toHaveLength(7)
  })

  it('finds by what is inherited', () => {
    expect(ids({ where: { zone: 'B' } })).toEqual(
      ['trade', 'tr-1', 'zone-B'].sort((a, b) => ids({}).indexOf(a) - ids({}).indexOf(b)),
    )
    expect(ids({ kind: 'host', where: { owner: 'trade-team' } })).toEqual(['tr-1'])
    expect(ids({ where: { tier: '1', zone: 'A' } })).toEqual(['gateway', 'gw-1'])
  })

  it('lets what an entity says itself hide what it would inherit', () => {
    expect(attributesOf(model, findEntity(model, 'gw-1')).get('zone')).toEqual(new Set(['A']))
    // Its service says more of a host than the zone does.
    expect(attributesOf(model, findEntity(model, 'tr-1')).get('owner')).toEqual(new Set(['trade-team']))
  })
})
