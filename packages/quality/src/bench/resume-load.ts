/** What goes on while parts are killed: runs with a write, runs that only wait, and webhooks that come five times. */
import { createHmac, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import * as z from 'zod'
import { leaseSeconds, type ResumeWorld } from './resume-world.ts'

const patienceMs = 120_000
const started = z.object({ id: z.string() })

/** Asks until it is accepted, always as the same request, as callers of an API must. @returns the run's id; null when nobody answered. */
export async function accepted(
  world: ResumeWorld,
  runbook: string,
  params: Record<string, unknown>,
): Promise<string | null> {
  const key = randomUUID()
  const until = Date.now() + patienceMs
  while (Date.now() < until) {
    const answer = await post(world, `/api/v1/runbooks/${runbook}/runs`, {
      body: JSON.stringify({ params }),
      headers: { authorization: `Bearer ${world.token}`, 'idempotency-key': key },
    })
    if (answer?.status === 202 || answer?.status === 200) return started.parse(answer.body).id
    await sleep(250)
  }
  return null
}

export interface SwitchResult {
  runId: string
  doubled: number
  lost: number
  unknown: boolean
}

/** One run that switches traffic, until its action is over, so that the lane is free again. */
export async function switchOnce(world: ResumeWorld, entity: string): Promise<SwitchResult | null> {
  const before = world.edge.changesOf(entity)
  const runId = await accepted(world, 'resume-switch', { entity })
  if (runId === null) return null
  await ended(world, runId)
  const until = Date.now() + leaseSeconds * 1000 + patienceMs
  for (;;) {
    const [action] = await world.db.actions.list({ state: 'all', runId })
    const step = (await world.db.runs.steps(runId)).find(({ stepId }) => stepId === 'switch')
    const isOver = !action || ['expired', 'reverted', 'not-done', 'refused', 'unknown'].includes(action.status)
    if (isOver || Date.now() > until) {
      const changes = world.edge.changesOf(entity) - before
      const unknown = action?.status === 'unknown' || step?.outcome === 'unknown'
      // Once to it, and once back when its lease ends.
      return {
        runId,
        unknown,
        doubled: Math.max(0, changes - 2),
        lost: !unknown && step?.outcome === 'done' && changes === 0 ? 1 : 0,
      }
    }
    await sleep(250)
  }
}

/** Sends the same event five times, at once and again. @returns whether one of them was answered. */
export async function hookFiveTimes(world: ResumeWorld, id: string): Promise<boolean> {
  const send = async (): Promise<boolean> => {
    const until = Date.now() + patienceMs
    while (Date.now() < until) {
      const body = JSON.stringify({ id, alert: 'bench' })
      const timestamp = String(Math.floor(Date.now() / 1000))
      const signature = `v1=${createHmac('sha256', world.hookSecret).update(`${timestamp}.${body}`).digest('hex')}`
      const headers = { 'x-tenon-timestamp': timestamp, 'x-tenon-signature': signature }
      const answer = await post(world, '/api/v1/hooks/resume-wait/hook', { body, headers })
      if (answer && answer.status < 300) return true
      await sleep(250)
    }
    return false
  }
  const answered = await Promise.all([send(), send(), send(), send().then(async () => send())])
  return answered.some(Boolean)
}

/** Resolves when the run has ended, or when it did not in the bench's patience. */
export async function ended(world: ResumeWorld, runId: string): Promise<boolean> {
  const until = Date.now() + patienceMs
  while (Date.now() < until) {
    const run = await world.db.runs.summary(runId)
    if (run && run.endedAt !== null) return true
    await sleep(250)
  }
  return false
}

async function post(
  { url }: ResumeWorld,
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
    // It is being killed: who asked asks again.
    return null
  }
}
