import type { RunContext } from '@tenon/runbook'
import * as z from 'zod'
import type { Database } from './database.ts'

export type Emitted = { ok: true } | { ok: false; code: 'event-loop'; message: string; fix: string }

/** Events that lead to runs that send events: more of them is a runbook that starts itself. */
const mostHops = 8

const cause = z.object({ hops: z.number().int().nonnegative() })

/**
 * Sends an event from a step of a run: writes it down, where the web server finds it at once (LISTEN/NOTIFY), or within half a minute when it was away.
 * Sending it again with the same key sends it once.
 *
 * @param event.key of the sending, such as `<run id>/<step key>`; it becomes the event's id.
 */
export async function emitEvent(
  { inbound }: Pick<Database, 'inbound'>,
  context: Pick<RunContext, 'trigger' | 'environment'>,
  event: { name: string; payload: unknown; key: string },
): Promise<Emitted> {
  const { name, payload, key } = event
  const before = context.trigger.kind === 'event' ? cause.safeParse(context.trigger.payload) : null
  const hops = before?.success ? before.data.hops + 1 : 1
  if (hops > mostHops) {
    return {
      ok: false,
      code: 'event-loop',
      message: `"${name}" would be the ${hops}th event in a row that a run sends because of the one before; ${mostHops} are allowed.`,
      fix: 'Look for a runbook that its own event starts, and give its trigger a `when`.',
    }
  }
  await inbound.accept({
    kind: 'event',
    source: `event:${name}`,
    runbookName: null,
    environment: null,
    dedupKey: key,
    payload: { name, id: key, payload, hops },
    bytes: Buffer.byteLength(JSON.stringify(payload) ?? ''),
  })
  return { ok: true }
}
