/** Runbooks as the REST API gives them. */
import type { RunbookRow } from '@tenon/db'
import * as z from 'zod'
import type { Services } from '../../services.ts'
import { time } from '../runs/run-schema.ts'

export const runbookName = z.string().min(1).max(64).describe('The runbook’s name.')

/** A little more than the compiler takes, so that it is the one who refuses, with a place. */
export const source = z.string().max(600_000).describe('The document, YAML.')

export const documentProblem = z
  .object({
    code: z.string(),
    severity: z.enum(['error', 'warning']),
    message: z.string(),
    fix: z.string(),
    path: z.array(z.union([z.string(), z.number()])),
    position: z
      .object({ line: z.int(), column: z.int(), endLine: z.int(), endColumn: z.int() })
      .optional()
      .describe('Counted from 1.'),
  })
  .meta({ id: 'DocumentProblem' })

const summary = {
  name: z.string(),
  title: z.string(),
  url: z.string().describe('Its page.'),
  draftRevision: z.int(),
  savedAt: time,
  publishedVersion: z.int().nullable().describe('Live in production.'),
}

export const runbookSummarySchema = z.object(summary).meta({ id: 'RunbookSummary' })

export const draftSchema = z
  .object({
    revision: z.int().describe('Rises by one at each save; a save names the one it was made from.'),
    savedBy: z.string(),
    savedAt: time,
    source,
  })
  .meta({ id: 'Draft' })

export const runbookSchema = z
  .object({
    ...summary,
    live: z.array(z.object({ environment: z.string(), version: z.int(), movedBy: z.string(), movedAt: time })),
    draft: draftSchema,
    problems: z.array(documentProblem).describe('Of the draft.'),
    paramsSchema: z
      .record(z.string(), z.unknown())
      .nullable()
      .describe('JSON Schema of the parameters of what runs in production; null before it is published.'),
  })
  .meta({ id: 'Runbook' })

export function runbookSummary(
  { configuration }: Pick<Services, 'configuration'>,
  row: RunbookRow,
): z.input<typeof runbookSummarySchema> {
  return {
    name: row.name,
    title: row.title,
    url: `${configuration.publicUrl}/runbooks/${row.name}`,
    draftRevision: row.draftRevision,
    savedAt: row.savedAt,
    publishedVersion: row.publishedVersion,
  }
}
