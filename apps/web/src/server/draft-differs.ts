import { countChanges, diffRunbooks, parseRunbook } from '@tenon/runbook'
import type { RunbookRow } from '@tenon/db'
import type { Services } from './services.ts'

type Db = Services['db']

/** Answers by runbook, with what they are the answer to; lists are asked for often and drafts change rarely. */
const known = new WeakMap<Db, Map<string, { of: string; differs: boolean }>>()

/** Whether publishing the draft would change what runs in production. Never published, or no runbook yet: it does. */
export async function draftDiffers(
  db: Db,
  { id, name, draftRevision, publishedVersion }: RunbookRow,
): Promise<boolean> {
  const answers = known.get(db) ?? new Map<string, { of: string; differs: boolean }>()
  known.set(db, answers)
  const of = `${draftRevision}/${publishedVersion}`
  const answer = answers.get(id)
  if (answer?.of === of) return answer.differs
  const [draft, live] = await Promise.all([db.runbooks.draft(name), db.runbooks.published(name)])
  const differs = live === null || (draft.source !== live.source && meansAnother(draft.source, live.source))
  // What was read may be newer than what the row said; then it is asked again.
  if (draft.revision === draftRevision && (live?.number ?? null) === publishedVersion) answers.set(id, { of, differs })
  return differs
}

function meansAnother(draft: string, live: string): boolean {
  const [now, was] = [parseRunbook(draft).document, parseRunbook(live).document]
  return now === null || was === null || countChanges(diffRunbooks(was, now)) > 0
}
