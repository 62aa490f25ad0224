/**
 * The kill switch as a file, for the hour in which even the database is gone. While the file exists, writes are stopped: each line is one stop,
 * `<scope> TAB <ISO 8601 time> TAB <who> TAB <why>`; an empty file, or one that is not written so, stops everything (so `touch` is enough).
 */
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { ActionError, messageOf } from '../action-error.ts'
import { parseStopScope, type WriteStop } from './write-stop.ts'

/**
 * The stops of the file; none when it does not exist.
 *
 * @throws ActionError `target-unreachable` when it cannot be read, or its folder does not exist (then the file may be on a disk that is not
 * there): whoever asks must take that for stopped.
 */
export async function readStopFile(path: string): Promise<WriteStop[]> {
  let text: string
  let changedAt: number
  try {
    text = await readFile(path, 'utf8')
    changedAt = (await stat(path)).mtimeMs
  } catch (error) {
    if (isMissing(error) && (await isFolder(dirname(path)))) return []
    throw new ActionError('target-unreachable', `The stop file ${path} could not be read: ${messageOf(error)}.`, {
      fix: 'Make its folder readable for the worker, or correct TENON_STOP_FILE.',
      cause: error,
    })
  }
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  const vague: WriteStop = { scope: 'all', by: `the file ${path}`, at: changedAt, reason: 'the file is there' }
  if (lines.length === 0) return [vague]
  return lines.map((line) => stopOfLine(line) ?? { ...vague, reason: line.trim().slice(0, 400) })
}

/** Adds a stop, or replaces the one of its scope. Whole or not at all: a reader never sees half of it. */
export async function addToStopFile(path: string, stop: WriteStop): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const others = (await readStopFile(path)).filter(({ scope }) => scope !== stop.scope)
  await writeStops(path, [...others, stop])
}

/** Takes the stop of a scope out; the others hold on. Lines that say nothing readable stop `all`, and go with it. The file goes with the last. */
export async function removeFromStopFile(path: string, scope: string): Promise<void> {
  const left = (await readStopFile(path)).filter((stop) => stop.scope !== scope)
  if (left.length === 0) await rm(path, { force: true })
  else await writeStops(path, left)
}

async function writeStops(path: string, stops: readonly WriteStop[]): Promise<void> {
  const lines = stops.map(({ scope, at, by, reason }) =>
    [scope, new Date(at).toISOString(), by, reason].map((field) => field.replaceAll(/[\t\r\n]+/g, ' ')).join('\t'),
  )
  const half = `${path}.${process.pid}.new`
  await writeFile(half, `${lines.join('\n')}\n`)
  await rename(half, path)
}

function stopOfLine(line: string): WriteStop | null {
  const [scope = '', time = '', by, reason] = line.split('\t')
  const at = Date.parse(time)
  if (!by || !reason || Number.isNaN(at)) return null
  try {
    parseStopScope(scope)
  } catch {
    return null
  }
  return { scope, at, by, reason }
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
