/** Times and steps as callers of the API write them, made into those of a query. */
import type { DataQuery } from '@tenon/data'
import { durationSeconds } from '@tenon/runbook'
import * as z from 'zod'
import { isoTime } from '../iso-time.ts'

const latest = 253_402_300_799_999

export const askTime = z
  .union([z.int().min(0).max(latest), z.literal('now'), z.string().regex(/^-\d{1,9}[smhd]$/), isoTime], {
    error: 'Write a time like 2026-01-31T12:00:00Z, unix milliseconds, "now", or so long ago: "-15m"',
  })
  .describe('ISO 8601, unix milliseconds, `now`, or so long ago: `-90s`, `-15m`, `-2h`, `-1d`.')

export const askStep = z
  .union([z.int().min(1).max(86_400), z.string().regex(/^\d{1,6}[smhd]$/)], {
    error: 'Write a step like "30s", "5m" or "1h", or its seconds',
  })
  .describe('Between points: `30s`, `5m`, `1h`, or seconds.')

type AskTime = z.infer<typeof askTime>

/** What is usually meant when nothing is said. */
const hour = 3_600_000

/** Relative times count from `asOf`. */
export function timesOf(
  ask: { from?: AskTime; to?: AskTime; step?: z.infer<typeof askStep>; asOf?: AskTime },
  now: number,
): Pick<DataQuery, 'from' | 'to' | 'stepSeconds' | 'asOf'> {
  const asOf = timeOf(ask.asOf ?? 'now', now)
  const to = timeOf(ask.to ?? 'now', asOf)
  const from = ask.from === undefined ? to - hour : timeOf(ask.from, asOf)
  const stepSeconds = ask.step === undefined ? stepFor(to - from) : secondsOf(ask.step)
  return { from, to, stepSeconds, asOf }
}

function timeOf(time: AskTime, now: number): number {
  if (typeof time === 'number') return time
  if (time === 'now') return now
  if (time.startsWith('-')) return Math.max(0, now - secondsOf(time.slice(1)) * 1000)
  return Date.parse(time)
}

function secondsOf(step: string | number): number {
  // The schema has checked its form.
  return typeof step === 'number' ? step : (durationSeconds(step) ?? 60)
}

const steps = [15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 21_600, 43_200, 86_400]
const wantedPoints = 240

/** About as many points as a chart shows. */
function stepFor(milliseconds: number): number {
  const wanted = milliseconds / 1000 / wantedPoints
  return steps.find((step) => step >= wanted) ?? 86_400
}
