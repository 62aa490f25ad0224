/** A Backstage catalogue without a Backstage: the `catalog-info.yaml` files below the folder of a connection. */
import { readFile } from 'node:fs/promises'
import { parseAllDocuments } from 'yaml'
import { DataError } from '../data-error.ts'
import { findFiles, folderOf } from '../sources/files/find-files.ts'
import { thingsOfCatalogue } from './backstage-reader.ts'
import type { ThingsReader } from './readers.ts'

const mostBytes = 16 * 1024 * 1024

/** @param url the folder; below the one that the operator allows */
export function catalogueFilesReader({ url, source }: { url: string; source: string }): ThingsReader {
  return {
    shape: 'things',
    source,
    async things() {
      const folder = await folderOf(url, process.env['TENON_FILES_DIR'])
      const found = [await findFiles(folder, '**/catalog-info.yaml'), await findFiles(folder, '**/catalog-info.yml')]
      const files = found.flatMap((one) => one.files)
      const notes = found.flatMap((one) => one.notes)
      if (files.reduce((sum, { bytes }) => sum + bytes, 0) > mostBytes)
        throw new DataError('query-too-large', 'The catalogue files are above 16 MiB.', {
          fix: 'Set the connection to a folder with fewer of them.',
        })
      const entities: unknown[] = []
      for (const { path, name } of files) entities.push(...documentsOf(await readFile(path, 'utf8'), name))
      const read = thingsOfCatalogue(entities)
      const none = files.length === 0 ? [`${source} has no catalog-info.yaml below its folder.`] : []
      // A folder that is empty, or in part unreadable, says nothing of what is gone.
      return { ...read, whole: files.length > 0 && notes.length === 0, notes: [...none, ...notes, ...read.notes] }
    },
  }
}

function documentsOf(text: string, name: string): unknown[] {
  return parseAllDocuments(text).flatMap((document): unknown[] => {
    const [error] = document.errors
    if (error)
      throw new DataError('source-refused', `${name} is no YAML: ${error.message.split('\n')[0]}`, {
        fix: 'Correct the file, or take it out of the folder.',
      })
    const value: unknown = document.toJS({ maxAliasCount: 100 })
    return value === null || value === undefined ? [] : [value]
  })
}
