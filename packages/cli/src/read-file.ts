import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { CliError } from './cli-error.ts'

export interface SourceFile {
  path: string
  source: string
}

/** @throws CliError that names the file. */
export async function readSource(path: string): Promise<SourceFile> {
  try {
    return { path, source: await readFile(path, 'utf8') }
  } catch (cause) {
    throw unreadable(path, cause)
  }
}

/** Files as they are named, and every .yaml and .yml file in folders, however deep, in the order of their names. */
export async function readSources(paths: readonly string[]): Promise<SourceFile[]> {
  const found: SourceFile[] = []
  for (const path of paths) for (const file of await filesOf(path)) found.push(await readSource(file))
  return found
}

async function filesOf(path: string): Promise<string[]> {
  const kind = await stat(path).catch((cause: unknown) => {
    throw unreadable(path, cause)
  })
  if (!kind.isDirectory()) return [path]
  const entries = await readdir(path, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile() && /\.ya?ml$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !/(^|[\\/])(node_modules|\.[^\\/.][^\\/]*)[\\/]/.test(file.slice(path.length)))
    .toSorted()
}

function unreadable(path: string, cause: unknown): CliError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  const reason = code === 'ENOENT' ? 'is not there' : `cannot be read (${code || String(cause)})`
  return new CliError(`${path} ${reason}.`, { fix: 'Check the path.' })
}
