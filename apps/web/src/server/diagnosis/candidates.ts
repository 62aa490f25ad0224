/** The published runbooks that say what they diagnose. */
import { parseRunbook } from '@tenon/runbook'
import type { LiveRunbook } from '@tenon/db'
import type { Services } from '../services.ts'
import type { Candidate } from './choose-runbook.ts'

/** Versions never change: each is read once a process. */
const read = new Map<string, Candidate | null>()
const mostRead = 2_000

/** Live in production, by name. */
export async function diagnosingRunbooks({ liveRunbooks }: Pick<Services['db'], 'liveRunbooks'>): Promise<Candidate[]> {
  const rows = await liveRunbooks({ naming: 'diagnoses' })
  return rows.flatMap((row) => candidateOf(row) ?? [])
}

function candidateOf(row: LiveRunbook): Candidate | null {
  const key = `${row.runbookId}/${row.version}`
  const known = read.get(key)
  if (known !== undefined) return known
  const { document } = parseRunbook(row.source)
  const found = document?.diagnoses
    ? { name: row.name, title: document.title, diagnoses: document.diagnoses, params: document.params }
    : null
  if (read.size >= mostRead) read.clear()
  read.set(key, found)
  return found
}
