/** Where the model's files are kept: a database. What it says of one moment fits together. */
export interface ModelStore {
  snapshot(): Promise<{ version: number; files: readonly StoredFile[] }>
  /** Writes all or nothing. @throws an error of code `model-conflict` when the version is not the newest any more */
  write(write: { version: number; changes: readonly FileChange[]; by: string }): Promise<unknown>
}

export interface StoredFile {
  path: string
  text: string
  revision: number
  generated: boolean
  updatedBy: string
}

/** `text` null removes the file. */
export interface FileChange {
  path: string
  text: string | null
  generated: boolean
}
