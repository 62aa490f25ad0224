import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, resolve, sep } from 'node:path'

/** Where a file of this name is in the folder. @throws Error when that would be outside of it. */
export function pathInto(folder: string, name: string): string {
  const path = resolve(folder, name)
  if (!path.startsWith(resolve(folder) + sep)) throw new Error(`${name} would be written outside of ${folder}.`)
  return path
}

/** Writes a file, with the folders above it. */
export async function writeInto(folder: string, name: string, text: string): Promise<void> {
  const path = pathInto(folder, name)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text)
}
