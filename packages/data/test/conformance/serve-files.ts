import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exact, type ServedSubject } from './conformance.ts'
import type { Dataset } from './dataset.ts'
import { rowsBinding } from './measures.ts'
import { rowTablesOf, type RowTable } from './stored-facts.ts'

/** As files below a folder: events as CSV, readings as JSON lines, calls as lines of a log. */
export async function serveFiles(dataset: Dataset): Promise<ServedSubject> {
  const folder = await mkdtemp(join(tmpdir(), 'tenon-conf-files-'))
  const write = async (name: string, line: (columns: RowTable['columns'], row: RowTable['rows'][number]) => string) => {
    const { columns, rows } = rowTablesOf(dataset).find((one) => one.name === name.split('.')[0])!
    const unique = [...new Map(rows.map((row) => [row[0], row])).values()]
    const head = name.endsWith('.csv') ? [columns.map((column) => column.name).join(',')] : []
    await writeFile(join(folder, name), [...head, ...unique.map((row) => line(columns, row)), ''].join('\n'))
  }
  const quoted = (value: string | number | undefined) => `"${String(value).replaceAll('"', '""')}"`
  await write('events.csv', (_, row) => row.map(quoted).join(','))
  await write('readings.ndjson', (columns, row) =>
    JSON.stringify(Object.fromEntries(columns.map(({ name }, index) => [name, row[index]]))),
  )
  await write('calls.logfmt', (columns, row) =>
    columns.map(({ name }, index) => `${name}=${JSON.stringify(String(row[index]))}`).join(' '),
  )
  const files: Record<string, string> = { events: 'events.csv', readings: 'readings.ndjson', calls: 'calls.logfmt' }
  const before = process.env['TENON_FILES_DIR']
  process.env['TENON_FILES_DIR'] = folder
  return {
    subject: {
      name: 'files',
      address: { kind: 'files', url: folder, secret: null },
      binding: rowsBinding((relation) => files[relation] ?? relation),
      tolerance: exact,
    },
    async stop() {
      if (before === undefined) delete process.env['TENON_FILES_DIR']
      else process.env['TENON_FILES_DIR'] = before
      await rm(folder, { recursive: true, force: true })
    },
  }
}
