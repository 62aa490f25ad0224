import { type Actor, actorKey } from './actor.ts'
import { ApiError } from './errors.ts'
import { hasSchedules, syncSoon } from './schedule-sync.ts'
import type { Services } from './services.ts'

/**
 * Deletes a runbook with its versions and runs.
 * @throws ApiError `unknown-runbook`, `runs-going-on`.
 */
export async function deleteRunbook(
  services: Services,
  { name, actor }: { name: string; actor: Actor },
): Promise<{ warning: string | null }> {
  const { db } = services
  const row = await db.runbooks.get(name)
  if (!row)
    throw new ApiError({
      status: 404,
      code: 'unknown-runbook',
      message: `There is no runbook "${name}".`,
      fix: 'Look at the list of runbooks; names are case-sensitive.',
    })
  // Their workflows would go on, and act, where nobody sees them.
  const running = await db.runs.list({ name, status: 'running', limit: 1 })
  if (running.length > 0)
    throw new ApiError({
      status: 409,
      code: 'runs-going-on',
      message: `"${row.title}" cannot be deleted while a run of it goes on.`,
      fix: 'Wait until it has ended, or cancel it.',
    })
  const scheduled = await hasSchedules(services, name)
  await db.runbooks.delete(name)
  await db.audit.append({ actor: actorKey(actor), action: 'runbooks.delete', subject: name })
  return { warning: scheduled ? await syncSoon(services, name) : null }
}
