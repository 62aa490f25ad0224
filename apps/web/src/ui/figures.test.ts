import { describe, expect, it } from 'vitest'
import { formatChange, formatNumber, formatPercent, formatQuantity, keepUnits, plural } from './figures.ts'

describe('figures', () => {
  it('keep about three digits', () => {
    expect([0.94, 12.345, 4210.4, 0.0123, 0, 7].map(formatNumber)).toEqual(['0.94', '12.3', '4,210', '0.012', '0', '7'])
  })
  it('are signed with a true minus, and a rounded zero has no sign', () => {
    expect([-0.118, 0.006, -0.0001].map((share) => formatChange(share))).toEqual(['−11.8 %', '+0.6 %', '0.0 %'])
    expect(formatPercent(0.882)).toBe('88.2 %')
  })
  it('carry their unit', () => {
    expect(formatQuantity(0.861, 'ratio')).toBe('86.1 %')
    expect(formatQuantity(0.042, 's')).toBe('42 ms')
    expect(formatQuantity(2.5, 's')).toBe('2.5 s')
    expect(formatQuantity(511, 'orders/min')).toBe('511 orders/min')
  })
  it('never write a missing value as a number', () => {
    expect(formatQuantity(null, 's')).toBe('no data')
    expect(formatQuantity(Number.NaN, 's')).toBe('no data')
  })
  it('count', () => {
    expect([plural(1, 'order'), plural(4210, 'order')]).toEqual(['1 order', '4,210 orders'])
  })
})

it('a figure stays with its unit, and with no other word', () => {
  expect(keepUnits('fell 12.1 % in 60 s; 3 of 6 hosts, 5 min after 4 days')).toBe(
    'fell 12.1\u00A0% in 60\u00A0s; 3\u00A0of 6 hosts, 5\u00A0min after 4 days',
  )
})
