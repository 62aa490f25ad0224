import { describe, expect, it } from 'vitest'
import { likeness, over, plainNumber, readUnit, times, writeUnit } from './units.ts'

const like = (a: string, b: string) => likeness(readUnit(a), readUnit(b))

describe('units', () => {
  it('knows what is alike, and what differs in size, in what is counted, or in all', () => {
    expect(like('orders/min', 'order/min')).toBe('alike')
    expect(like('ratio', '1')).toBe('alike')
    expect(like('payments/orders', 'ratio')).toBe('alike')
    expect(like('bytes/s', 'byte/s')).toBe('alike')
    expect(like('ms', 's')).toBe('scale')
    expect(like('ratio', '%')).toBe('scale')
    expect(like('requests/min', 'requests/s')).toBe('scale')
    expect(like('orders/min', 'requests/min')).toBe('counts')
    expect(like('orders/min', 's')).toBe('unlike')
    expect(like('bytes', 's')).toBe('unlike')
    expect(like('ratio', 'orders')).toBe('unlike')
    expect(like('constructor', 'toString')).toBe('counts')
  })

  it('multiplies and divides', () => {
    expect(writeUnit(over(readUnit('requests/min'), readUnit('orders/min')))).toBe('requests/orders')
    expect(likeness(times(readUnit('requests/min'), readUnit('min')), readUnit('requests'))).toBe('alike')
    expect(likeness(over(readUnit('bytes'), readUnit('s')), readUnit('bytes/s'))).toBe('alike')
    expect(writeUnit(readUnit('orders/min'))).toBe('orders/min')
    expect(writeUnit(readUnit('s'))).toBe('s')
    expect(writeUnit(plainNumber())).toBe('ratio')
  })

  it('understands a number that turns one size into another', () => {
    expect(likeness(over(readUnit('requests/min'), plainNumber(60)), readUnit('requests/s'))).toBe('alike')
    expect(likeness(times(readUnit('ms'), plainNumber(0.001)), readUnit('s'))).toBe('alike')
    expect(likeness(times(readUnit('s'), plainNumber(3)), readUnit('s'))).toBe('alike')
    expect(likeness(times(readUnit('ms'), plainNumber(3)), readUnit('s'))).toBe('scale')
  })
})
