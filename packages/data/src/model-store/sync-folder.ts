/** Brings the files of a folder into the stored model, when a process starts: the first model, and configuration as code. */
import { readModelFolder } from '../model/load-model.ts'
import { isGenerated } from '../model/model-layers.ts'
import type { ModelText } from '../model/model-text.ts'
import { changeModel } from './change-model.ts'
import type { FileChange, ModelStore, StoredFile } from './model-store.ts'

/** Who wrote a file that only the folder wrote. */
const author = 'folder'

export interface FolderSync {
  /** Files that were written or removed now. */
  changed: string[]
  /** Files that differ from the folder's and stay, because somebody changed them here. */
  kept: string[]
}

/**
 * A file that nobody but the folder wrote follows the folder; one that was changed here stays as it is. The model that would come of it is checked
 * as a whole before anything is written.
 *
 * @throws DataError `bad-model` when the folder cannot be read or what would come of it does not fit together; nothing is written then
 */
export async function syncModelFolder(folder: string, store: ModelStore): Promise<FolderSync> {
  const found = await readModelFolder(folder)
  let sync: FolderSync = { changed: [], kept: [] }
  await changeModel({
    store,
    by: author,
    make(stored) {
      const { changes, kept } = compare(found, stored)
      sync = { changed: changes.map(({ path }) => path), kept }
      return changes
    },
  })
  return sync
}

function compare(
  found: readonly ModelText[],
  stored: readonly StoredFile[],
): { changes: FileChange[]; kept: string[] } {
  const known = new Map(stored.map((file) => [file.path, file]))
  const wanted = new Map(found.map((file) => [file.path, file]))
  const changes: FileChange[] = []
  const kept: string[] = []
  for (const { path, text } of found) {
    const file = known.get(path)
    if (file?.text === text) continue
    if (file && file.updatedBy !== author) kept.push(path)
    else changes.push({ path, text, generated: isGenerated(path) })
  }
  for (const { path, updatedBy, generated } of stored) {
    if (updatedBy === author && !wanted.has(path)) changes.push({ path, text: null, generated })
  }
  return { changes, kept }
}
