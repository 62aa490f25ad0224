/** Changing the data model's files: the whole model is checked before anything is written, and nobody's edit is lost. */
import {
  changeModel,
  checkModelFiles,
  isGenerated,
  type FileChange,
  type ModelText,
  type StoredFile,
} from '@tenon/data'
import * as z from 'zod'
import { actorKey, labelOf, type Actor } from '../actor.ts'
import { ApiError } from '../errors.ts'
import type { Services } from '../services.ts'

export interface ModelProblem {
  path: string
  /** Counted from 1; null when the whole file is meant. */
  line: number | null
  message: string
  fix: string
}

/** The largest files are generated ones of 50,000 services. */
export const mostText = 32 * 1024 * 1024

export const modelPath = z
  .string()
  .max(200)
  .regex(
    /^(?:[A-Za-z0-9][A-Za-z0-9._-]*\/){0,8}[A-Za-z0-9][A-Za-z0-9._-]*\.ya?ml$/,
    'Use a path such as shop.yaml or generated/shop-metrics.yaml.',
  )

type ModelParts = Pick<Services, 'db' | 'liveData'>

/** What is wrong with the model when these files are laid into it; empty when it can be used. */
export async function checkModelChange(
  { db }: Pick<Services, 'db'>,
  texts: readonly ModelText[],
  { alone = false } = {},
): Promise<ModelProblem[]> {
  const stored = alone ? [] : (await db.modelFiles.snapshot()).files
  return problemsOf(laidInto(stored, texts))
}

const laidInto = (stored: readonly ModelText[], texts: readonly ModelText[]): ModelText[] => [
  ...stored.filter(({ path }) => !texts.some((text) => text.path === path)),
  ...texts,
]

const problemsOf = (texts: readonly ModelText[]): ModelProblem[] =>
  checkModelFiles(texts).map(({ file, line, message, fix }) => ({ path: file, line, message, fix }))

/**
 * Saves one file, as a person edits it.
 *
 * @param file.revision that the text was made from; 0 for a file that is new
 * @param file.text null removes it
 * @throws ApiError `model-invalid` with every problem, `model-file-conflict` with the newer text, `generated-file`
 */
export async function saveModelFile(
  services: ModelParts,
  file: { path: string; text: string | null; revision: number; actor: Actor },
): Promise<{ revision: number | null }> {
  const { path, text, revision, actor } = file
  if (isGenerated(path) && text !== null) throw generatedFile()
  await change(services, actor, (stored) => {
    const now = stored.find((one) => one.path === path)
    if ((now?.revision ?? 0) !== revision) throw conflict(path, now)
    return now?.text === text || (!now && text === null) ? [] : [{ path, text, generated: isGenerated(path) }]
  })
  return { revision: (await services.db.modelFiles.get(path))?.revision ?? null }
}

export interface PushedFile {
  path: string
  action: 'create' | 'update' | 'remove' | 'unchanged'
}

/**
 * Makes files what the model is, as configuration as code does.
 *
 * @param push.prune removes all files that are not among them
 * @throws ApiError `model-invalid` with every problem; nothing is written then
 */
export async function pushModel(
  services: ModelParts,
  push: { files: readonly ModelText[]; prune: boolean; dryRun: boolean; actor: Actor },
): Promise<PushedFile[]> {
  const { files, prune, dryRun, actor } = push
  let pushed: PushedFile[] = []
  const plan = (stored: readonly StoredFile[]): FileChange[] => {
    pushed = planPush(stored, files, prune)
    const texts = new Map(files.map(({ path, text }) => [path, text]))
    return pushed
      .filter(({ action }) => action !== 'unchanged')
      .map(({ path }) => ({ path, text: texts.get(path) ?? null, generated: isGenerated(path) }))
  }
  if (dryRun) {
    const { files: stored } = await services.db.modelFiles.snapshot()
    const changes = plan(stored)
    const left = stored.filter(({ path }) => !changes.some((one) => one.path === path))
    assertFits(laidInto(left, files))
  } else await change(services, actor, plan)
  return pushed
}

function planPush(stored: readonly StoredFile[], files: readonly ModelText[], prune: boolean): PushedFile[] {
  const known = new Map(stored.map((file) => [file.path, file]))
  const wanted = new Set(files.map(({ path }) => path))
  const put = files.map(({ path, text }): PushedFile => {
    const now = known.get(path)
    return { path, action: !now ? 'create' : now.text === text ? 'unchanged' : 'update' }
  })
  const removed = prune ? stored.filter(({ path }) => !wanted.has(path)) : []
  return [...put, ...removed.map(({ path }): PushedFile => ({ path, action: 'remove' }))]
}

/** Writes what `make` gives, notes who did it, and uses it at once in this process; others are told by the database. */
export async function change(
  services: ModelParts,
  actor: Actor,
  make: (stored: readonly StoredFile[]) => readonly FileChange[] | Promise<readonly FileChange[]>,
): Promise<void> {
  const { db, liveData } = services
  const written = await changeModel({ store: db.modelFiles, by: labelOf(actor), make, check: assertFits })
  if (written.length === 0) return
  await Promise.all([
    liveData.reload(),
    ...written.map(({ path, text }) =>
      db.audit.append({
        actor: actorKey(actor),
        action: text === null ? 'model.remove' : 'model.save',
        subject: path,
      }),
    ),
  ])
}

function assertFits(texts: readonly ModelText[]): void {
  const problems = problemsOf(texts)
  const [first] = problems
  if (!first) return
  throw new ModelInvalid(first, problems.slice(0, mostProblems))
}

/** What would come of a change is no model that can be used. */
export class ModelInvalid extends ApiError {
  readonly problems: readonly ModelProblem[]

  constructor(first: ModelProblem, problems: readonly ModelProblem[]) {
    super({
      status: 422,
      code: 'model-invalid',
      message: `${first.path}${first.line === null ? '' : `, line ${first.line}`}: ${first.message}.`,
      fix: first.fix,
      detail: { problems },
    })
    this.problems = problems
  }
}

/** Nobody reads more at once. */
const mostProblems = 200

const conflict = (path: string, now: StoredFile | undefined): ApiError =>
  new ApiError({
    status: 409,
    code: 'model-file-conflict',
    message: now ? `${path} was saved by ${now.updatedBy} meanwhile.` : `${path} was removed meanwhile.`,
    fix: 'Load it again, make your change on it, and save.',
    detail: now ? { text: now.text, revision: now.revision, by: now.updatedBy } : null,
  })

const generatedFile = (): ApiError =>
  new ApiError({
    status: 409,
    code: 'generated-file',
    message: 'Files in generated/ are written by discovery, which would overwrite your change.',
    fix: 'Write it into a file beside that folder: what you say there lies over what was generated.',
  })
