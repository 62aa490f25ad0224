/** Applying files: the server gets just the runbooks that the files have. Everything is checked before anything is changed. */
import { roleIncludes } from '@tenon/db'
import { describeDiff, diffRunbooks, parseRunbook, type Plan, type RunbookDocument } from '@tenon/runbook'
import { type Actor, actorKey } from './actor.ts'
import { assertBacktest } from './backtest-required.ts'
import { compileTogether } from './compile-together.ts'
import { deleteRunbook } from './delete-runbook.ts'
import { assertEnvironment, defaultEnvironment } from './environments.ts'
import { ApiError } from './errors.ts'
import { publishRunbook } from './publish-runbook.ts'
import type { Services } from './services.ts'

export interface AppliedFile {
  path: string
  source: string
}

export interface ApplyRequest {
  files: readonly AppliedFile[]
  environment?: string
  /** Without it only drafts are saved. */
  publish: boolean
  /** Deletes what an earlier apply made and is in none of the files. */
  prune: boolean
  dryRun: boolean
  actor: Actor
}

export interface AppliedChange {
  runbook: string
  /** Of the file; null for what is deleted. */
  path: string | null
  /** `publish`: the draft says so already, but is not live. `text`: only comments, order or positions differ. */
  action: 'create' | 'update' | 'publish' | 'text' | 'delete' | 'unchanged'
  /** What changes for those who run it, a line each. */
  changes: string[]
  /** What is live now; null when it is not published, or nothing was done. */
  version: number | null
  warnings: string[]
}

interface Step extends AppliedChange {
  source: string
  title: string
  baseRevision: number | null
}

/**
 * @throws ApiError `document-invalid` with the problems of all files, `role-too-low` for pruning, `runs-going-on`, `backtest-missing`,
 *   `backtest-worse`, `unknown-environment`; DbError `draft-conflict` when somebody saves meanwhile.
 */
export async function applyRunbooks(services: Services, request: ApplyRequest): Promise<AppliedChange[]> {
  const { environment = defaultEnvironment, prune, dryRun, actor } = request
  await assertEnvironment(services, environment)
  if (prune && !roleIncludes(actor.role, 'admin')) throw pruneNeedsAdmin(actor)
  const documents = await readFiles(services, request.files)
  const steps: Step[] = []
  for (const read of documents) steps.push(await planFile(services, read, { ...request, environment }))
  if (prune) steps.push(...(await planPrune(services, new Set(documents.map(({ document }) => document.name)))))
  if (!dryRun) for (const step of steps) await carryOut(services, step, { ...request, environment })
  return steps.map(({ source: _s, title: _t, baseRevision: _b, ...change }) => change)
}

interface ReadFile extends AppliedFile {
  document: RunbookDocument
  plan: Plan
}

/** All problems of all files at once: whoever corrects them wants to see them together. */
async function readFiles(services: Services, files: readonly AppliedFile[]): Promise<ReadFile[]> {
  const problems: { file: string; message: string; fix: string; code: string; path: (string | number)[] }[] = []
  const read: ReadFile[] = []
  const owners = new Map<string, string>()
  for (const { file, compiled } of await compileTogether(services, files)) {
    if (!compiled.ok) {
      for (const { message, fix, code, path, severity, position } of compiled.problems) {
        if (severity !== 'error') continue
        const at = position ? `${file.path}:${position.line}:${position.column}` : file.path
        problems.push({ file: file.path, message: `${at}: ${message}`, fix, code, path })
      }
      continue
    }
    const { document, plan } = compiled
    const other = owners.get(document.name)
    owners.set(document.name, file.path)
    if (other === undefined) read.push({ ...file, document, plan })
    else
      problems.push({
        file: file.path,
        code: 'name-twice',
        message: `${file.path}: ${other} is named "${document.name}" as well.`,
        fix: 'Give each runbook a name of its own.',
        path: ['name'],
      })
  }
  const [first] = problems
  if (!first) return read
  const fix = problems.length === 1 ? first.fix : 'Correct the named places; nothing was changed.'
  throw new ApiError({ status: 422, code: 'document-invalid', message: first.message, fix, detail: { problems } })
}

type Wanted = Pick<ApplyRequest, 'publish' | 'actor'> & { environment: string }

async function planFile(services: Services, file: ReadFile, wanted: Wanted): Promise<Step> {
  const { db } = services
  const { path, source, document, plan } = file
  const common = { runbook: document.name, path, source, title: document.title, version: null, warnings: [] }
  const row = await db.runbooks.get(document.name)
  const live = row && (await db.runbooks.published(document.name, wanted.environment))
  if (wanted.publish)
    await assertBacktest(services, { document, draftHash: plan.hash, liveHash: live?.planHash ?? null })
  if (!row) return { ...common, action: 'create', changes: [], baseRevision: null }

  const draft = await db.runbooks.draft(document.name)
  const compared = wanted.publish ? live?.source : draft.source
  const before = compared === undefined ? null : parseRunbook(compared).document
  const changes = before ? describeDiff(diffRunbooks(before, document)) : []
  const isNew = wanted.publish && !live
  const sameText = draft.source === source
  const action =
    changes.length > 0 || (isNew && !sameText)
      ? sameText
        ? 'publish'
        : 'update'
      : isNew
        ? 'publish'
        : sameText
          ? 'unchanged'
          : 'text'
  // Whoever edits in the browser what Git decides about loses the edit, and must not lose it silently.
  const byHand = !sameText && !draft.savedBy.startsWith(appliedBy) && draft.source !== live?.source
  const warnings = byHand ? [`The draft that ${draft.savedBy} saved at ${draft.savedAt} is replaced.`] : []
  return { ...common, action, changes, warnings, version: live?.number ?? null, baseRevision: draft.revision }
}

/** Only what nobody but an apply ever saved last: what people made stays theirs. */
async function planPrune({ db }: Services, kept: ReadonlySet<string>): Promise<Step[]> {
  const steps: Step[] = []
  for (const { name, title, publishedVersion } of await db.runbooks.list()) {
    if (kept.has(name)) continue
    const { savedBy } = await db.runbooks.draft(name)
    if (!savedBy.startsWith(appliedBy)) continue
    const going = await db.runs.list({ name, status: 'running', limit: 1 })
    if (going.length > 0)
      throw new ApiError({
        status: 409,
        code: 'runs-going-on',
        message: `"${name}" cannot be deleted while a run of it goes on.`,
        fix: 'Wait until it has ended, cancel it, or apply without --prune.',
      })
    steps.push({
      runbook: name,
      path: null,
      action: 'delete',
      changes: [],
      version: publishedVersion,
      warnings: [],
      source: '',
      title,
      baseRevision: null,
    })
  }
  return steps
}

/** The draft's `savedBy` begins with it: the mark of what an apply made. */
const appliedBy = 'apply:'

async function carryOut(services: Services, step: Step, { publish, environment, actor }: Wanted): Promise<void> {
  const { db } = services
  const { runbook: name, title, source, action, baseRevision } = step
  const by = `${appliedBy}${actor.name}`
  switch (action) {
    case 'unchanged':
      return
    case 'delete': {
      const { warning } = await deleteRunbook(services, { name, actor })
      if (warning !== null) step.warnings.push(warning)
      return
    }
    case 'create':
      await db.runbooks.create({ name, title, source, by })
      break
    case 'update':
    case 'text':
      await db.runbooks.saveDraft({ name, title, baseRevision: baseRevision ?? 0, source, by })
      break
    case 'publish':
      break
  }
  await db.audit.append({
    actor: actorKey(actor),
    action: 'runbooks.apply',
    subject: name,
    detail: { path: step.path, action },
  })
  if (!publish || action === 'text') return
  const { revision } = await db.runbooks.draft(name)
  const made = await publishRunbook(services, { name, revision, environment, note: `Applied from ${step.path}`, actor })
  step.version = made.version
  if (made.warning !== null) step.warnings.push(made.warning)
}

function pruneNeedsAdmin({ role }: Actor): ApiError {
  return new ApiError({
    status: 403,
    code: 'role-too-low',
    message: `Pruning deletes runbooks with their runs, which needs the role admin; the token has ${role}.`,
    fix: 'Apply without prune, or with an admin token.',
  })
}
