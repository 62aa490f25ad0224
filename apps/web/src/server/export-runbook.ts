/** A runbook as a stand-alone Temporal project: what is written, a version as it was published, or the draft. */
import { parseRunbook, type Plan } from '@tenon/runbook'
import { exportTemporal } from '@tenon/runbook/export'
import { documentInvalid } from './publish-runbook.ts'
import type { Services } from './services.ts'

export interface ExportRequest {
  name: string
  /** The draft when neither this nor a text is given. */
  version?: number | undefined
  source?: string | undefined
}

/**
 * The project's files, by path. Runbooks that steps run are written too, in the version that they were pinned to.
 *
 * @throws ApiError `document-invalid` with each place that does not compile or has no exact form as code; DbError `unknown-runbook`, `unknown-version`.
 */
export async function exportRunbook(
  services: Services,
  request: ExportRequest,
): Promise<{ path: string; text: string }[]> {
  const { source, plan } = await planOf(services, request)
  const description = parseRunbook(source).document?.description ?? ''
  const exported = exportTemporal(plan, services.catalogue, { description, children: await plansBelow(services, plan) })
  if (!exported.ok) throw documentInvalid(exported.problems)
  return Object.entries(exported.files).map(([path, text]) => ({ path, text }))
}

async function planOf(
  services: Services,
  { name, version, source }: ExportRequest,
): Promise<{ source: string; plan: Plan }> {
  if (version !== undefined) return services.db.runbooks.version(name, version)
  const text = source ?? (await services.db.runbooks.draft(name)).source
  const compiled = await services.compile(text)
  if (!compiled.ok) throw documentInvalid(compiled.problems)
  return { source: text, plan: compiled.plan }
}

/** The plans of all runbooks that this one runs, however deep. */
async function plansBelow({ db }: Services, plan: Plan): Promise<Record<string, Plan>> {
  const found: Record<string, Plan> = {}
  const pending = [plan]
  for (const one of pending) {
    for (const { child } of one.steps) {
      if (!child || Object.hasOwn(found, child.planHash)) continue
      const below = await db.plans.get(child.planHash)
      if (!below) continue
      found[child.planHash] = below
      pending.push(below)
    }
  }
  return found
}
