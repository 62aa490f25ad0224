/** The one way in which the stored model changes: checked as a whole, then written as a whole. */
import { DataError } from '../data-error.ts'
import { readModel } from '../model/load-model.ts'
import type { ModelText } from '../model/model-text.ts'
import type { FileChange, ModelStore, StoredFile } from './model-store.ts'

/** Others who write at the same moment make it read and check again. */
const attempts = 8

export interface ModelEdit {
  store: ModelStore
  by: string
  /** What to change of the files as they are; it may be asked again with newer files, and may throw. */
  make(stored: readonly StoredFile[]): readonly FileChange[] | Promise<readonly FileChange[]>
  /** Throws when files do not fit together; by default as `readModel` does. */
  check?: (texts: readonly ModelText[]) => unknown
}

/**
 * @returns what was written; nothing is when there is nothing to change
 * @throws what `make` and `check` throw; nothing is written then. DataError `bad-model` when others write all the time
 */
export async function changeModel({ store, by, make, check = readModel }: ModelEdit): Promise<readonly FileChange[]> {
  for (let attempt = 1; ; attempt++) {
    const { version, files } = await store.snapshot()
    const changes = await make(files)
    if (changes.length === 0) return changes
    check(applied(files, changes))
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
export function applied(files: readonly ModelText[], changes: readonly Omit<FileChange, 'generated'>[]): ModelText[] {
  const next = new Map(files.map(({ path, text }) => [path, text]))
  for (const { path, text } of changes) {
    if (text === null) next.delete(path)
    else next.set(path, text)
  }
  return [...next].map(([path, text]) => ({ path, text })).toSorted((a, b) => (a.path < b.path ? -1 : 1))
}

const isConflict = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'model-conflict'
