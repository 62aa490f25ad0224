/**
 * Writes project-files.json: the support files that every export holds, as text, so that the export needs no file system.
 * `node packages/runbook/test/export/generate-project-files.ts`, after any change in project/; a test says when it was forgotten.
 */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'

const folder = new URL('../../src/export/project/', import.meta.url)
const projectFilesPath = new URL('../../src/export/project-files.json', import.meta.url)

/** The files by their path in an exported project. */
export function readProjectFiles(): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => name.endsWith('.ts'))
    .sort()
  return Object.fromEntries(names.map((name) => [`src/${name}`, readFileSync(new URL(name, folder), 'utf8')]))
}

if (import.meta.main) writeFileSync(projectFilesPath, `${JSON.stringify(readProjectFiles(), null, 2)}\n`)
