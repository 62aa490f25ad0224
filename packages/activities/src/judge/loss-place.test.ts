import { localise, type Cell } from '@tenon/analysis'
import { expect, test } from 'vitest'
import { placeHypotheses, placeOf } from './loss-place.ts'

/** Six hosts in two zones; those named fail much more than before. */
function causesOf(failing: string[], isSlow: boolean, versionOf: (host: string) => string = () => 'v1'): string[] {
  const hosts = ['a-1', 'a-2', 'a-3', 'b-1', 'b-2', 'b-3']
  const cells = hosts.map((host): Cell => ({
    dimensions: { host, zone: host.startsWith('a') ? 'A' : 'B', version: versionOf(host) },
    total: 1000,
    bad: failing.includes(host) ? 400 : 20,
    baselineTotal: 6000,
    baselineBad: 120,
  }))
  const localisation = localise({ cells, dimensions: ['version', 'zone', 'host'], controls: [] })
  const place = { localisation, cells, controls: [], queries: [] }
  return placeHypotheses('trade', place, placeOf(place), isSlow).flatMap(({ cause, likelihood }) =>
    likelihood > 0 ? [cause] : [],
  )
}

test('a host whose latency differs is slow; else it fails', () => {
  expect(causesOf(['b-2'], false)).toEqual(['trade fails on 1 of 6 hosts (b-2)'])
  expect(causesOf(['b-2'], true)).toEqual(['trade is slow on 1 of 6 hosts (b-2)'])
})

test('so is a version, and a zone', () => {
  const version = (host: string): string => (host === 'a-1' || host === 'b-1' ? 'v2' : 'v1')
  expect(causesOf(['a-1', 'b-1'], false, version)).toEqual(['trade v2 fails on 2 of 6 hosts'])
  expect(causesOf(['a-1', 'b-1'], true, version)).toEqual(['trade v2 is slow on 2 of 6 hosts'])
  expect(causesOf(['a-1', 'a-2', 'a-3'], true)[0]).toMatch(/^zone A is slow: trade /)
  expect(causesOf(['a-1', 'a-2', 'a-3'], false)[0]).toMatch(/^zone A is failing: trade /)
})
