import { expect, test } from 'vitest'
import { exportAddress, filtersOf, filterWord, ledgerAddress, withFilter } from './ledger-filters.ts'

const all = {
  status: 'unknown',
  kind: 'traffic-switch',
  target: 'shop-edge/payment',
  runbook: 'drop',
  person: 'token:ci of ana+x@example.com',
  from: '2026-11-30T00:00:00.000Z',
  to: '2026-11-30T12:00:00.000Z',
} as const

test('an address has the filters and gives them back', () => {
  const { searchParams } = new URL(ledgerAddress(all), 'http://x')
  expect(searchParams.get('tab')).toBe('ledger')
  expect(filtersOf(searchParams)).toEqual({ filters: all, unread: [] })
  expect(filtersOf(new URL(exportAddress(all, 'csv'), 'http://x').searchParams).filters).toEqual(all)
  expect(filtersOf(new URLSearchParams('tab=ledger&status='))).toEqual({ filters: {}, unread: [] })
})

test('what is no filter narrows nothing and is named', () => {
  expect(filtersOf(new URLSearchParams('status=gone&from=yesterday&kind=restart'))).toEqual({
    filters: { kind: 'restart' },
    unread: ['status=gone', 'from=yesterday'],
  })
})

test('one is set, changed and taken away', () => {
  expect(withFilter({ kind: 'restart' }, 'status', 'done')).toEqual({ kind: 'restart', status: 'done' })
  expect(withFilter({ status: 'done' }, 'status', 'kept')).toEqual({ status: 'kept' })
  expect(withFilter({ status: 'done', kind: 'restart' }, 'status', null)).toEqual({ kind: 'restart' })
  expect(withFilter({ target: 'edge' }, 'target', '')).toEqual({})
})

test('each is told in words', () => {
  const time = (iso: string): string => iso.slice(0, 10)
  expect(filterWord('status', all, time)).toBe('state: unknown')
  expect(filterWord('kind', all, time)).toBe('kind: traffic switch')
  expect(filterWord('from', all, time)).toBe('from 2026-11-30')
  expect(filterWord('to', {}, time)).toBeNull()
})
