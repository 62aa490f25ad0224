import { expect, test } from 'vitest'
import { earlierChanges, earlierFaults, earlierSimulated } from './earlier-faults.ts'

const made = Date.parse('2026-03-10T12:00:00Z')

test('earlier incidents are read, simulated and reported with what people did', () => {
  const faults = earlierFaults.parse('source-drop@120m/10m, bad-change@60m/5m:0.5')
  expect(earlierSimulated(faults, made)).toEqual([
    { kind: 'source-drop', from: made - 7_200_000, to: made - 6_600_000 },
    { kind: 'bad-change', from: made - 3_600_000, to: made - 3_300_000, severity: 0.5 },
  ])
  expect(
    earlierChanges(faults, made).map(({ id, kind, startedAt, endedAt }) => [id, kind, startedAt, endedAt]),
  ).toEqual([
    ['CHG-2002', 'deploy', '2026-03-10T10:59:20.000Z', '2026-03-10T11:05:00.000Z'],
    ['CHG-2002-rollback', 'rollback', '2026-03-10T11:05:00.000Z', '2026-03-10T11:05:00.000Z'],
  ])
  expect(earlierFaults.parse('')).toEqual([])
})

test.each(['fire@60m/5m', 'source-drop@5m/10m', 'source-drop', 'source-drop@60m/0m', 'source-drop@60m/5m:7'])(
  '"%s" is refused',
  (text) => {
    expect(earlierFaults.safeParse(text).success).toBe(false)
  },
)
