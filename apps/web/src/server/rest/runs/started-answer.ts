/** What starting a run answers with, whichever way it was started. */
import * as z from 'zod'
import { actorKey, type Actor } from '../../actor.ts'
import type { Services } from '../../services.ts'
import type { Started } from '../../start-run.ts'
import { endedView } from './ended-view.ts'
import { runSchema } from './run-schema.ts'
import { runView } from './run-view.ts'
import { untilTelling } from './until-telling.ts'

export const startedSchema = runSchema
  .extend({
    disposition: z
      .enum(['ran', 'queued', 'joined', 'dropped'])
      .describe(
        'What became of the request: a run of its own, one that waits for another of its concurrency key, a part of a run that goes on, or nothing because one goes on. For the last two the run is the one that goes on.',
      ),
  })
  .meta({ id: 'StartedRun' })

export interface Wait {
  /** Seconds; nothing is waited for without it. */
  wait: number | undefined
  signal: AbortSignal
}

/** @param what.audit for the audit log; runs in process are told by their own row. */
export async function startedAnswer(
  services: Services,
  started: Started,
  what: {
    runbook: string
    baseRunId: string | null
    actor: Actor
    action: 'runs.start' | 'runs.rerun' | 'diagnose.start'
  } & Wait,
): Promise<z.input<typeof startedSchema>> {
  const { runId, disposition, created, ended, version } = started
  const { runbook, baseRunId, actor } = what
  if (ended) return { ...endedView(services, ended, { runbook, version: version ?? null, baseRunId }), disposition }
  if (created) {
    const detail = { runId, ...(baseRunId === null ? {} : { baseRunId }) }
    await services.db.audit.append({ actor: actorKey(actor), action: what.action, subject: runbook, detail })
  }
  if (what.wait) await untilTelling(services, runId, { ms: what.wait * 1000, signal: what.signal })
  return { ...(await runView(services, runId)), disposition }
}
