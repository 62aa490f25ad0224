import { mkdir, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'

let writes = 0

/** Writes a file so that readers see the old content or the new, never a half of it. */
export async function writeWhole(file: string, content: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  const unfinished = `${file}.${process.pid}.${++writes}`
  await writeFile(unfinished, content, { mode: 0o600 })
  await rename(unfinished, file)
}
