import type { TriggerRow } from '@tenon/db'
import type { Services } from '../services.ts'
import { decide } from './decide-event.ts'

/** A stranger must not fill the database with requests that are refused: so many of one trigger are noted in a minute. */
const mostAMinute = 30
const minuteMs = 60_000
const noted = new Map<string, { since: number; count: number }>()

/** Writes down that a request was refused before its events were known. Its body is not kept: nobody knows whose it is. */
export async function noteRejected(
  { db }: Pick<Services, 'db'>,
  { row, source, reason, bytes }: { row: TriggerRow; source: string; reason: string; bytes: number },
): Promise<void> {
  const now = Date.now()
  const before = noted.get(source)
  const minute = before && now - before.since < minuteMs ? before : { since: now, count: 0 }
  minute.count += 1
  noted.set(source, minute)
  if (minute.count > mostAMinute) return
  const { runbook: runbookName, environment } = row
  const { id } = await db.inbound.accept({
    kind: 'webhook',
    source,
    runbookName,
    environment,
    dedupKey: null,
    payload: null,
    bytes,
  })
  const last = minute.count === mostAMinute ? ' More of the same in this minute are not noted.' : ''
  await decide({ db }, id, { disposition: 'rejected', reason: `${reason}${last}` })
}
