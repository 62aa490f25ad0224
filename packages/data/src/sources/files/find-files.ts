/**
 * Files of a connection: everything below its folder, which lies in the folder that the operator allowed. Paths are patterns: `*` and `**` as in a
 * shell, `{host}` for a part that becomes a field: `logs/{service}/{host}/access*.log`.
 */
import type { Dirent, Stats } from 'node:fs'
import { open, readdir, realpath, stat } from 'node:fs/promises'
import { isAbsolute, join, relative, sep } from 'node:path'
import { DataError } from '../../data-error.ts'

export interface FoundFile {
  /** With every link followed. */
  path: string
  /** Below the connection's folder, for people. */
  name: string
  bytes: number
  /** Last written, unix ms. */
  writtenAt: number
  /** What the path's `{fields}` stand for. */
  fields: Record<string, string>
}

const mostFiles = 20_000
const mostEntries = 200_000
const deepest = 12

/**
 * The connection's folder as a real path.
 *
 * @param allowed `TENON_FILES_DIR`
 * @throws DataError `source-refused` when it is not in the allowed one, `source-unreachable` when it is not there
 */
export async function folderOf(url: string, allowed: string | undefined): Promise<string> {
  if (allowed === undefined || allowed === '')
    throw new DataError('source-refused', 'This server reads no files.', {
      fix: 'Set TENON_FILES_DIR to the folder whose files may be read, and start it again.',
    })
  if (!isAbsolute(url) || url.includes('\0')) throw outside(url)
  const [top, folder] = await Promise.all([realFolder(allowed), realFolder(url)])
  if (!isWithin(folder, top)) throw outside(url)
  return folder
}

async function realFolder(path: string): Promise<string> {
  const real = await realpath(path).catch(() => null)
  const found = real === null ? null : await stat(real).catch(() => null)
  if (real !== null && found?.isDirectory()) return real
  throw new DataError('source-unreachable', `"${path}" is no folder that can be read.`, {
    fix: 'Check the path, and that the server may read it.',
  })
}

const outside = (path: string): DataError =>
  new DataError('source-refused', `"${path}" is not below the folder whose files may be read.`, {
    fix: 'Give a folder in TENON_FILES_DIR, as an absolute path.',
  })

const isWithin = (path: string, folder: string): boolean => {
  const way = relative(folder, path)
  return way === '' || (!way.startsWith(`..${sep}`) && way !== '..' && !isAbsolute(way))
}

/**
 * The files that a path pattern names, by name.
 *
 * @param only values that `{fields}` may have; folders of others are not looked into
 * @throws DataError `bad-query` for a path that leads out, `query-too-large`
 */
export async function findFiles(
  folder: string,
  pattern: string,
  only: ReadonlyMap<string, ReadonlySet<string>> = new Map(),
): Promise<{ files: FoundFile[]; notes: string[] }> {
  const segments = parsePattern(pattern)
  const found: FoundFile[] = []
  const notes: string[] = []
  let entries = 0

  async function walk(at: string, depth: number, fields: Record<string, string>): Promise<void> {
    const segment = segments[depth]
    if (segment === undefined || at.split(sep).length - folder.split(sep).length > deepest) return
    const isLast = depth === segments.length - 1
    if (segment === '**') {
      await walk(at, depth + 1, fields)
      for (const entry of await list(at)) if (entry.isDirectory()) await walk(join(at, entry.name), depth, fields)
      return
    }
    for (const entry of await list(at)) {
      const matched = segment.exec(entry.name)
      if (!matched) continue
      const more = { ...fields, ...matched.groups }
      if (!Object.entries(more).every(([name, value]) => only.get(name)?.has(value) ?? true)) continue
      const path = join(at, entry.name)
      if (!isLast) {
        if (await isFolder(entry, path)) await walk(path, depth + 1, more)
        continue
      }
      const file = await read(path)
      if (file) found.push({ ...file, fields: more })
      if (found.length > mostFiles) throw tooMany(`more than ${mostFiles} files`)
    }
  }

  async function list(path: string): Promise<Dirent[]> {
    const listed = await readdir(path, { withFileTypes: true }).catch(() => null)
    if (listed === null) {
      notes.push(`"${relative(folder, path) || '.'}" cannot be read.`)
      return []
    }
    entries += listed.length
    if (entries > mostEntries) throw tooMany(`more than ${mostEntries} entries to look through`)
    return listed.toSorted((a, b) => (a.name < b.name ? -1 : 1))
  }

  async function read(path: string): Promise<Omit<FoundFile, 'fields'> | null> {
    const name = relative(folder, path)
    const real = await realpath(path).catch(() => null)
    const seen: Stats | null = real === null ? null : await stat(real).catch(() => null)
    if (real === null || seen === null || !seen.isFile()) return null
    if (!isWithin(real, folder)) {
      notes.push(`"${name}" leads out of the folder and was left out.`)
      return null
    }
    // DuckDB would take these for a pattern of its own.
    if (/[*?[\]{}]/.test(real)) {
      notes.push(`"${name}" has one of * ? [ ] { } in its path and was left out.`)
      return null
    }
    return { path: real, name, bytes: seen.size, writtenAt: seen.mtimeMs }
  }

  await walk(folder, 0, {})
  const byPath = new Map(found.map((file) => [file.path, file]))
  return { files: [...byPath.values()], notes }
}

async function isFolder(entry: Dirent, path: string): Promise<boolean> {
  if (entry.isDirectory()) return true
  return entry.isSymbolicLink() && ((await stat(path).catch(() => null))?.isDirectory() ?? false)
}

/** Each part of the path as a regular expression; only parts that this function wrote, so they take linear time. */
function parsePattern(pattern: string): (RegExp | '**')[] {
  const parts = pattern.split('/').filter((part) => part !== '' && part !== '.')
  if (isAbsolute(pattern) || parts.length === 0 || parts.includes('..') || parts.length > deepest)
    throw new DataError('bad-query', `"${pattern}" is no path of files below the connection's folder.`, {
      fix: 'Give one such as logs/{host}/access*.log, without a slash at its begin and without "..".',
    })
  return parts.map((part) => (part === '**' ? '**' : partPattern(part, pattern)))
}

function partPattern(part: string, pattern: string): RegExp {
  const pieces = part.split(/(\*+|\{[^{}]*\})/).filter((piece) => piece !== '')
  // Two wild parts with nothing between them would be matched in many ways.
  const isWild = (piece: string | undefined) => piece !== undefined && /^(\*|\{)/.test(piece)
  const wild = pieces.filter(isWild)
  if (wild.length > 4 || pieces.some((piece, index) => isWild(piece) && isWild(pieces[index + 1])))
    throw new DataError('bad-query', `"${part}" of the path "${pattern}" has too many open parts.`, {
      fix: 'Use at most four * and {fields} in a part, with text between them.',
    })
  const text = pieces.map((piece) => {
    if (piece.startsWith('*')) return '[^/]*'
    if (!piece.startsWith('{')) return piece.replace(/[^A-Za-z0-9_ ]/g, String.raw`\$&`)
    const name = piece.slice(1, -1)
    if (/^[A-Za-z_][A-Za-z0-9_]{0,62}$/.test(name)) return `(?<${name}>[^/]+)`
    throw new DataError('bad-query', `"${piece}" of the path "${pattern}" is no field's name.`, {
      fix: 'Use letters, digits and underscores: {host}.',
    })
  })
  try {
    return new RegExp(`^${text.join('')}$`, 's')
  } catch (cause) {
    throw new DataError('bad-query', `The path "${pattern}" names a field twice.`, {
      fix: 'Give each field its own name.',
      cause,
    })
  }
}

/** The names of the path's `{fields}`. */
export const pathFields = (pattern: string): string[] =>
  [...pattern.matchAll(/\{([A-Za-z_][A-Za-z0-9_]{0,62})\}/g)].map(([, name]) => name ?? '')

/** The first bytes of a file. */
export async function headOf(path: string, bytes = 8_192): Promise<Buffer> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

const tooMany = (what: string): DataError =>
  new DataError('query-too-large', `The path names ${what}.`, {
    fix: 'Name a narrower path, or fewer entities.',
  })
