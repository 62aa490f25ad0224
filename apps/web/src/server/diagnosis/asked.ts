/** What a diagnosis is asked with, by pages and over the REST API. */
import { symptom } from '@tenon/runbook'
import * as z from 'zod'
import { isoTime } from '../iso-time.ts'
import { subjectSchema } from './subject.ts'

export const askedSchema = z.strictObject({
  subject: subjectSchema.describe('What looks wrong.'),
  symptom: symptom
    .optional()
    .describe('What was noticed; without it the alert’s name, the measure’s kind, or the kind of entity tells.'),
  at: isoTime.optional().describe('The moment that is looked at; now without it, or when the alert fired last.'),
  since: isoTime
    .optional()
    .describe(
      'When it began, where that is known: the runbook’s `since`. With `until` where a selected time begins: the runbook’s `window`.',
    ),
  until: isoTime.optional().describe('The end of a selected time, which is then the moment that is looked at.'),
})
