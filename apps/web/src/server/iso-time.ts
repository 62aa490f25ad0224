import * as z from 'zod'

/** ISO 8601 with a zone, since 1970: an earlier time is a mistake, and the database does not take every year. */
export const isoTime = z.iso
  .datetime({ offset: true, error: 'Write a time like 2026-01-31T12:00:00Z' })
  .refine((text) => Date.parse(text) >= 0, 'It must not be before 1970')
