/** Callers of a server that is killed again and again: each asks until it is answered, always the same thing, as callers of an API must. */
import { createHmac } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import * as z from 'zod'
import type { StackWorld } from './stack-world.ts'

/** How long a caller asks. */
export const patienceMs = 120_000
const started = z.object({ id: z.string() })

/** Starts a run. @returns its id; null when nobody answered. */
export function accepted(
  world: StackWorld,
  of: { runbook: string; params: Record<string, unknown>; key: string },
): Promise<string | null> {
  return untilAnswered(async () => {
    const answer = await post(world, `/api/v1/runbooks/${of.runbook}/runs`, {
      body: JSON.stringify({ params: of.params }),
      headers: { authorization: `Bearer ${world.token}`, 'idempotency-key': of.key },
    })
    return answer?.status === 202 || answer?.status === 200 ? started.parse(answer.body).id : null
  })
}

const hooked = z.object({
  events: z.tuple([z.object({ id: z.string(), disposition: z.string(), runId: z.string().nullish() })]),
})

/** Sends an event to the hook `<runbook>/<trigger>`. @returns the id of its run; null when nobody answered. */
export function sentToHook(
  world: StackWorld,
  of: { hook: string; secret: string; event: Record<string, unknown> },
): Promise<string | null> {
  return untilAnswered(async () => {
    const body = JSON.stringify(of.event)
    const timestamp = String(Math.floor(Date.now() / 1000))
    const signature = `v1=${createHmac('sha256', of.secret).update(`${timestamp}.${body}`).digest('hex')}`
    const headers = { 'x-tenon-timestamp': timestamp, 'x-tenon-signature': signature }
    const answer = await post(world, `/api/v1/hooks/${of.hook}`, { body, headers })
    if (!answer || answer.status >= 300) return null
    const [event] = hooked.parse(answer.body).events
    // What is accepted and not decided yet starts a run of the event's own id; of what came before only the first knows.
    return event.runId ?? (event.disposition === 'accepted' ? event.id : null)
  })
}

/** @returns whether the run has ended; false when it did not in a caller's patience. */
export async function ended({ db }: StackWorld, runId: string): Promise<boolean> {
  const end = await untilAnswered(async () => ((await db.runs.summary(runId))?.endedAt ?? null) !== null || null)
  return end ?? false
}

/** Calls again and again, whatever it throws, until it gives something else than null. @returns null when the patience is over. */
export async function untilAnswered<T>(ask: () => Promise<T | null>, patience = patienceMs): Promise<T | null> {
  const until = Date.now() + patience
  while (Date.now() < until) {
    // What is being killed answers with all kinds of errors.
    const answer = await ask().catch(() => null)
    if (answer !== null) return answer
    await sleep(250)
  }
  return null
}

/** @returns null when there was no answer. */
async function post(
  { url }: StackWorld,
  path: string,
  request: { body: string; headers: Record<string, string> },
): Promise<{ status: number; body: unknown } | null> {
  try {
    const answer = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...request.headers },
      body: request.body,
      signal: AbortSignal.timeout(15_000),
    })
    const text = await answer.text()
    return { status: answer.status, body: text === '' ? null : JSON.parse(text) }
  } catch {
    return null
  }
}
