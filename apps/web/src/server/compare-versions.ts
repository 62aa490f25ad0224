/** Two states of a runbook, compared in what they mean. */
import {
  type DiffLine,
  diffLines,
  diffRunbooks,
  parseRunbook,
  type RunbookDiff,
  type RunbookDocument,
} from '@tenon/runbook'
import * as z from 'zod'
import { defaultEnvironment } from './environments.ts'
import { ApiError } from './errors.ts'
import { documentInvalid } from './publish-runbook.ts'
import type { Services } from './services.ts'

/** A version by its number, the `draft`, or what is `live` in the environment. */
export const versionReference = z.union([z.literal(['draft', 'live']), z.coerce.number().int().min(1).max(1_000_000)])
export type VersionReference = z.infer<typeof versionReference>

export interface Comparison {
  /** What `from` and `to` are: the version's number, or null for the draft. */
  from: number | null
  to: number | null
  diff: RunbookDiff
  /** The same in words. */
  lines: DiffLine[]
}

/** @throws ApiError `not-published`, `document-invalid`; DbError `unknown-runbook`, `unknown-version`. */
export async function compareVersions(
  services: Pick<Services, 'db'>,
  asked: { name: string; from: VersionReference; to: VersionReference; environment?: string },
): Promise<Comparison> {
  const [from, to] = await Promise.all([
    stateOf(services, { ...asked, reference: asked.from }),
    stateOf(services, { ...asked, reference: asked.to }),
  ])
  const diff = diffRunbooks(from.document, to.document)
  return { from: from.version, to: to.version, diff, lines: diffLines(diff) }
}

async function stateOf(
  { db }: Pick<Services, 'db'>,
  {
    name,
    reference,
    environment = defaultEnvironment,
  }: { name: string; reference: VersionReference; environment?: string },
): Promise<{ version: number | null; document: RunbookDocument }> {
  if (reference === 'draft') return { version: null, document: read((await db.runbooks.draft(name)).source) }
  const found =
    reference === 'live' ? await db.runbooks.published(name, environment) : await db.runbooks.version(name, reference)
  if (found) return { version: found.number, document: read(found.source) }
  throw new ApiError({
    status: 409,
    code: 'not-published',
    message: `Nothing of "${name}" is live in ${environment}.`,
    fix: 'Publish it there, or compare with a version by its number.',
  })
}

function read(source: string): RunbookDocument {
  const { document, problems } = parseRunbook(source)
  if (document) return document
  throw documentInvalid(problems)
}
