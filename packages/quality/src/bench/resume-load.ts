/** What goes on while parts are killed: runs with a write, runs that only wait, and webhooks that come five times. */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { leaseSeconds, type ResumeWorld } from './resume-world.ts'
import { accepted, ended, patienceMs, sentToHook } from './stack-calls.ts'

export interface SwitchResult {
  runId: string
  doubled: number
  lost: number
  unknown: boolean
}

/** One run that switches traffic, until its action is over, so that the lane is free again. */
export async function switchOnce(world: ResumeWorld, entity: string): Promise<SwitchResult | null> {
  const before = world.edge.changesOf(entity)
  const runId = await accepted(world, { runbook: 'resume-switch', params: { entity }, key: randomUUID() })
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
  const event = { id, alert: 'bench' }
  const send = () => sentToHook(world, { hook: 'resume-wait/hook', secret: world.hookSecret, event })
  const answered = await Promise.all([send(), send(), send(), send().then(async () => send())])
  return answered.some((runId) => runId !== null)
}
