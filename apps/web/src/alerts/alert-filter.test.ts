import { describe, expect, it } from 'vitest'
import { filterAddress, readFilter } from './alert-filter.ts'

describe('the filter in the address', () => {
  it.each([
    ['', { state: 'open', verdict: null, text: '', entity: null }],
    [
      'state=closed&verdict=low-traffic&text=pay',
      { state: 'closed', verdict: 'low-traffic', text: 'pay', entity: null },
    ],
    ['state=asleep&verdict=toString&text=', { state: 'open', verdict: null, text: '', entity: null }],
  ])('%s', (address, filter) => {
    expect(readFilter(new URLSearchParams(address))).toEqual(filter)
  })

  it('is read back as it was written', () => {
    const filter = { state: 'all', verdict: 'echo', text: 'a&b=c é', entity: 'pay-a-1' } as const
    const address = filterAddress(filter)
    expect(readFilter(new URL(address, 'http://tenon.invalid').searchParams)).toEqual(filter)
  })

  it('leaves out what is usual', () => {
    expect(filterAddress({ state: 'open', verdict: null, text: ' ', entity: null })).toBe('/alerts')
  })
})
