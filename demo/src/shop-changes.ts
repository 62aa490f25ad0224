/** The changes that the shop's people make, as other systems report them. */
import * as z from 'zod'
import type { BoardFault } from './fault-board.ts'
import { BAD_CHANGE_HOSTS } from './world.ts'

/** Body of `POST /api/v1/changes`. Times are ISO 8601. */
export const postedChange = z.object({
  id: z.string(),
  kind: z.string(),
  title: z.string(),
  startedAt: z.string(),
  endedAt: z.string().optional(),
  scope: z.object({
    entity: z.string().optional(),
    hosts: z.array(z.string()).optional(),
    zone: z.string().optional(),
    version: z.string().optional(),
  }),
  author: z.string(),
})
export type PostedChange = z.infer<typeof postedChange>

const MINUTE = 60_000
const FIRST_CHANGE = 2037
/** From the beginning of a deploy until the first host serves the new version. */
export const ROLLOUT_MS = 40_000

/** The change that began a fault; null for faults that nobody made. */
export function changeThatBegan({ kind, changeId, since }: BoardFault): PostedChange | null {
  if (changeId === null) return null
  switch (kind) {
    case 'bad-change':
      return {
        id: changeId,
        kind: 'deploy',
        title: 'payment v1 → v2',
        startedAt: iso(since - ROLLOUT_MS),
        scope: { entity: 'payment', hosts: [...BAD_CHANGE_HOSTS], version: 'v2' },
        author: 'payments',
      }
    case 'load-test':
      return {
        id: changeId,
        kind: 'load-test',
        title: 'Load test of card payment',
        startedAt: iso(since),
        scope: { entity: 'marketplace' },
        author: 'performance',
      }
    case 'source-drop':
    case 'zone-latency':
    case 'db-saturation':
    case 'low-traffic':
    case 'lost-scrape':
    case 'error-burst':
    case 'slow-host':
    case 'slow-dependency':
    case 'connection-leak':
      return null
  }
}

/** What is reported when a fault is mended: its change ends, and a bad deploy is rolled back by another. */
export function changesThatEnd(
  fault: BoardFault,
  { at, rollbackId }: { at: number; rollbackId: string },
): PostedChange[] {
  const began = changeThatBegan(fault)
  if (began === null) return []
  const ended = { ...began, endedAt: iso(at) }
  if (fault.kind !== 'bad-change') return [ended]
  return [
    ended,
    {
      id: rollbackId,
      kind: 'rollback',
      title: 'payment v2 → v1',
      startedAt: iso(at),
      endedAt: iso(at),
      scope: { entity: 'payment', hosts: [...BAD_CHANGE_HOSTS], version: 'v1' },
      author: 'payments',
    },
  ]
}

/** An ordinary day before the world was made: changes that did no harm, and that a diagnosis has to rule out. Equal moments give equal changes. */
export function ordinaryChanges(made: number): PostedChange[] {
  let number = FIRST_CHANGE
  const done = (
    minutesAgo: number,
    minutes: number,
    change: Omit<PostedChange, 'id' | 'startedAt' | 'endedAt'>,
  ): PostedChange => ({
    id: `CHG-${number++}`,
    startedAt: iso(made - minutesAgo * MINUTE),
    endedAt: iso(made - (minutesAgo - minutes) * MINUTE),
    ...change,
  })
  return [
    done(19 * 60, 12, { kind: 'deploy', title: 'gateway v31', scope: { entity: 'gateway' }, author: 'platform' }),
    done(7 * 60, 30, {
      kind: 'load-test',
      title: 'Load test of stock',
      scope: { entity: 'stock' },
      author: 'performance',
    }),
    done(96, 4, { kind: 'config', title: 'risk rules 118', scope: { entity: 'risk' }, author: 'risk' }),
    done(38, 6, {
      kind: 'deploy',
      title: 'stock v7 on stock-b-2',
      scope: { entity: 'stock', hosts: ['stock-b-2'], zone: 'B', version: 'v7' },
      author: 'inventory',
    }),
  ]
}

const iso = (milliseconds: number): string => new Date(milliseconds).toISOString()
