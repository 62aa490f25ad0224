import { describe, expect, it } from 'vitest'
import { lineName, readAddress, toggleFilter, writeAddress } from './view-address.ts'

describe('the address of what is looked at', () => {
  it('comes back as it was written', () => {
    const view = {
      range: { from: 'now-6h', to: 'now' },
      where: { zone: ['A'], host: ['pay-a-1', 'with:colon & "quotes"'] },
      groupBy: ['zone', 'host'],
    }
    expect(readAddress(new URLSearchParams(writeAddress(view)))).toEqual(view)
  })
  it('has a usual range, and leaves out what it cannot read', () => {
    expect(readAddress(new URLSearchParams('f=nocolon&f=:x&by='))).toEqual({
      range: { from: 'now-1h', to: 'now' },
      where: {},
      groupBy: [],
    })
  })
  it('is bounded, and takes no name for more than a name', () => {
    const many = new URLSearchParams()
    for (let n = 0; n < 300; n++) many.append('f', `host:${n}`)
    for (let n = 0; n < 30; n++) many.append('by', `d${n}`)
    const { where, groupBy } = readAddress(many)
    expect(where['host']).toHaveLength(100)
    expect(groupBy).toHaveLength(5)
    const odd = readAddress(new URLSearchParams('f=__proto__:x')).where
    expect(Object.keys(odd)).toEqual(['__proto__'])
    expect(Object.getPrototypeOf(odd)).toBe(Object.prototype)
  })
})

describe('filters', () => {
  it('take a value in and out', () => {
    const one = toggleFilter({}, 'zone', 'A')
    expect(one).toEqual({ zone: ['A'] })
    expect(toggleFilter(one, 'zone', 'B')).toEqual({ zone: ['A', 'B'] })
    expect(toggleFilter(one, 'zone', 'A')).toEqual({})
  })
})

describe('names of lines', () => {
  it('are the values', () => {
    expect(lineName({}, 'Orders')).toBe('Orders')
    expect(lineName({ zone: 'A' }, 'Orders')).toBe('A')
    expect(lineName({ zone: '' }, 'Orders')).toBe('no zone')
    expect(lineName({ zone: 'A', host: '' }, 'Orders')).toBe('zone A, host none')
  })
})
