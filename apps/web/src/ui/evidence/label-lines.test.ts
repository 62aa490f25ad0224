import { expect, it } from 'vitest'
import { labelLines } from './label-lines.ts'

it('breaks a title between words and cuts only what is too long for two lines', () => {
  expect(labelLines('Payment', 14)).toEqual(['Payment'])
  expect(labelLines('Payment database', 14)).toEqual(['Payment', 'database'])
  expect(labelLines('Cashier render', 14)).toEqual(['Cashier render'])
  expect(labelLines('Marketplacegateway', 14)).toEqual(['Marketplacega…'])
  expect(labelLines('Payment database of zone A', 14)).toEqual(['Payment', 'database of z…'])
})
