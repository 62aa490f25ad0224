import type { RunbookTest } from '../document.ts'
import { editRunbookText } from '../edit/edit-runbook-text.ts'
import { parseRunbook } from '../parse-runbook.ts'

/**
 * The text of a runbook with a test added under `tests`. Everything else stays as it was written, comments included.
 *
 * @param name must be free.
 */
export function addTest(source: string, name: string, test: RunbookTest): string {
  const { document } = parseRunbook(source)
  if (!document) throw new Error('The text has to be readable before a test is added.')
  return editRunbookText(source, { ...document, tests: { ...document.tests, [name]: test } })
}
