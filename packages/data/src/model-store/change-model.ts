/** The one way in which the stored model changes: checked as a whole, then written as a whole. */
import { DataError } from '../data-error.ts'
import { readModel } from '../load-model.ts'
import type { FileChange, ModelStore, StoredFile } from './model-store.ts'

/** Others who write at the same moment make it read and check again. */
const attempts = 8

/**
 * @param make what to change of the files as they are; it may be asked again with newer files, and may throw
 * @returns what was written; nothing is when there is nothing to change
 * @throws DataError `bad-model` when the files would not fit together; nothing is written then
 */
export async function changeModel(
  store: ModelStore,
  by: string,
  make: (stored: readonly StoredFile[]) => readonly FileChange[],
): Promise<readonly FileChange[]> {
  for (let attempt = 1; ; attempt++) {
    const { version, files } = await store.snapshot()
    const changes = make(files)
    if (changes.length === 0) return changes
    readModel(applied(files, changes))
    try {
      await store.write({ version, changes, by })
      return changes
    } catch (error) {
      if (!isConflict(error)) throw error
      if (attempt < attempts) continue
      throw new DataError('bad-model', 'The model is being changed by others all the time.', {
        fix: 'Try again in a moment.',
        retryable: true,
        cause: error,
      })
    }
  }
}

/** The files as they would be. */
export function applied(
  files: readonly { path: string; text: string }[],
  changes: readonly FileChange[],
): { path: string; text: string }[] {
  const next = new Map(files.map(({ path, text }) => [path, text]))
  for (const { path, text } of changes) {
    if (text === null) next.delete(path)
    else next.set(path, text)
  }
  return [...next].map(([path, text]) => ({ path, text })).toSorted((a, b) => (a.path < b.path ? -1 : 1))
}

const isConflict = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'model-conflict'
