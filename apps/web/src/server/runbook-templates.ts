/** The runbooks that ship as templates: what a new runbook can begin with. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseRunbook, type Diagnoses } from '@tenon/runbook'

export interface RunbookTemplate {
  name: string
  title: string
  description: string
  /** What it is the answer to; null when Diagnose does not choose it. */
  diagnoses: Diagnoses | null
  source: string
}

/** Reads a folder of packs, once: `<folder>/<pack>/*.yaml`. Without a folder there are none. By title. */
export function createTemplates(folder: string | null): () => Promise<RunbookTemplate[]> {
  let read: Promise<RunbookTemplate[]> | null = null
  return () => {
    read ??= folder === null ? Promise.resolve([]) : readTemplates(folder)
    // What could not be read may be readable next time.
    read.catch(() => (read = null))
    return read
  }
}

async function readTemplates(folder: string): Promise<RunbookTemplate[]> {
  const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.yaml'))
  const sources = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')))
  const found = sources.flatMap((source) => {
    const { document } = parseRunbook(source)
    if (!document) return []
    const { name, title, description, diagnoses = null } = document
    return [{ name, title, description, diagnoses, source }]
  })
  return found.toSorted((a, b) => (a.title < b.title ? -1 : 1))
}
