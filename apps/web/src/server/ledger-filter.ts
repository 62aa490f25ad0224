/** Filters of the action ledger as addresses have them: one form for the pages, their export and the REST API. */
import { actionKind, actionStatus, type ActionStatus } from '@tenon/actions'
import type { LedgerFilter } from '@tenon/db'
import * as z from 'zod'
import { ApiError } from './errors.ts'
import { isoTime } from './iso-time.ts'

/** Those that have an effect now, or may have. */
export const inEffect: readonly ActionStatus[] = ['done', 'reverting', 'unknown']

export const ledgerFields = {
  status: actionStatus.optional().describe('In this state only.'),
  kind: actionKind.optional().describe('Of this kind only.'),
  target: z
    .string()
    .min(1)
    .max(320)
    .optional()
    .describe('`<connection>/<target>`, or a connection: then all of its targets.'),
  runbook: z.string().min(1).max(200).optional().describe('Of this runbook only.'),
  person: z
    .string()
    .min(1)
    .max(500)
    .optional()
    .describe('Who asked for it, approved, renewed, kept, settled or reverted it, also by a token of theirs.'),
  from: isoTime.optional().describe('Planned at this time or later.'),
  to: isoTime.optional().describe('Planned before this time.'),
}

const fields = z.object(ledgerFields)
type LedgerFields = z.output<typeof fields>

/** @throws ApiError `bad-input` for a time that ends before it begins. */
export function ledgerFilter({ status, from, to, ...same }: LedgerFields): LedgerFilter {
  const [begin, end] = [from, to].map((time) => (time === undefined ? undefined : Date.parse(time)))
  if (begin !== undefined && end !== undefined && begin >= end)
    throw new ApiError({
      status: 400,
      code: 'bad-input',
      message: `from (${from}) is not before to (${to}).`,
      fix: 'Choose an earlier from or a later to.',
    })
  return {
    ...same,
    ...(status === undefined ? {} : { statuses: [status] }),
    ...(begin === undefined ? {} : { from: begin }),
    ...(end === undefined ? {} : { to: end }),
  }
}
