/**
 * How many samples the series of a selector have in each five minutes, remembered: how often something is scraped changes seldom, and
 * measuring it anew with every query would double what the source has to do. Slots begin at whole five minutes, so that queries of
 * other moments find them.
 *
 * The newest slot is not waited for: what was measured just before it holds for it. Where scraping has become coarser in the meantime
 * windows are too short for some minutes, which shows as missing data, never as wrong data.
 */
import type { Point } from '@tenon/runbook'
import { countSeconds, type Dialect } from '../../query/rate-window.ts'

interface Counted {
  counts: Point[]
  dialect: Dialect
}

export interface IntervalMemory {
  /** Counts in the slots that end from the first to the last time. `count` asks the source for those of a range. */
  counts(
    selector: string,
    range: { from: number; to: number },
    count: (range: { from: number; to: number }) => Promise<{ found: ReadonlyMap<number, number>; dialect: Dialect }>,
  ): Promise<Counted>
}

interface Known {
  count: number | null
  until: number
}

const slotMilliseconds = countSeconds * 1000
/** Samples of the past may still be filled in, rarely; where there are none it is likelier. */
const keptMilliseconds = 3_600_000
const nothingMilliseconds = 60_000
const maximumSlots = 400_000

export function createIntervalMemory(now: () => number = Date.now): IntervalMemory {
  const selectors = new Map<string, Map<number, Known>>()
  let held = 0
  let dialect: Dialect | null = null

  function slotsOf(selector: string): Map<number, Known> {
    const slots = selectors.get(selector) ?? new Map<number, Known>()
    selectors.delete(selector)
    selectors.set(selector, slots)
    return slots
  }

  function makeRoom(): void {
    for (const [oldest, slots] of selectors) {
      if (held <= maximumSlots) return
      selectors.delete(oldest)
      held -= slots.size
    }
  }

  return {
    async counts(selector, { from, to }, count) {
      const last = Math.floor(to / slotMilliseconds) * slotMilliseconds
      const first = Math.min(last, Math.ceil(from / slotMilliseconds) * slotMilliseconds)
      const slots = slotsOf(selector)
      const isKnown = (slot: number): boolean => (slots.get(slot)?.until ?? 0) > now()
      const before = last - slotMilliseconds
      const newest = before >= first && isKnown(before) && !isKnown(last) ? before : last
      let [begin, end] = [Infinity, -Infinity]
      for (let slot = first; slot <= newest; slot += slotMilliseconds) {
        if (isKnown(slot)) continue
        begin = Math.min(begin, slot)
        end = slot
      }
      const asked = new Map<number, number | null>()
      if (begin <= end || dialect === null) {
        const answer = await count(begin <= end ? { from: begin, to: end } : { from: last, to: last })
        dialect = answer.dialect
        for (let slot = begin; slot <= end; slot += slotMilliseconds) asked.set(slot, answer.found.get(slot) ?? null)
      }
      for (const [slot, samples] of asked) {
        if (!slots.has(slot)) held += 1
        const kept = samples === null ? nothingMilliseconds : keptMilliseconds
        slots.set(slot, { count: samples, until: now() + kept })
      }
      if (selectors.get(selector) !== slots) held -= asked.size
      makeRoom()
      const counts: Point[] = []
      for (let slot = first; slot <= newest; slot += slotMilliseconds)
        counts.push([slot, asked.get(slot) ?? slots.get(slot)?.count ?? null])
      return { counts, dialect }
    },
  }
}
