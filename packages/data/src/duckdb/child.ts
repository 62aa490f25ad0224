/**
 * The process that DuckDB runs in, started by `session.ts` and ended by it. It reads the files that it was told and nothing else, and it ends by
 * itself when it takes too much memory or when nobody listens any more: what goes wrong in here is felt nowhere else.
 */
import { DuckDBInstance, type DuckDBConnection, type DuckDBValue } from '@duckdb/node-api'
import { toChild, type Cell, type FromChild, type ToChild } from './messages.ts'

/** DuckDB's own limit leaves out the program itself and what regular expressions take. */
const beyondLimitMegabytes = 256
const watchMilliseconds = 100

const megabytesNow = (): number => process.memoryUsage.rss() / 1e6

let peakMegabytes = 0

function tell(message: FromChild, done: () => void = () => undefined): void {
  if (process.connected) process.send?.(message, done)
}

function watchMemory(limit: number): void {
  setInterval(() => {
    const megabytes = megabytesNow()
    peakMegabytes = Math.max(peakMegabytes, megabytes)
    if (megabytes > limit)
      tell({ type: 'failed', reason: 'memory', message: `more than ${Math.round(limit)} MB` }, () => process.exit(1))
  }, watchMilliseconds).unref()
}

async function open(given: Extract<ToChild, { type: 'open' }>): Promise<DuckDBConnection> {
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: `${given.memoryMegabytes}MB`,
    threads: String(given.threads),
    temp_directory: given.temporaryFolder,
    max_temp_directory_size: `${given.temporaryMegabytes}MB`,
    preserve_insertion_order: 'false',
    allow_community_extensions: 'false',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  })
  const connection = await instance.connect()
  const files = given.files.map((path) => `'${path.replaceAll("'", "''")}'`).join(', ')
  await connection.run("SET TimeZone = 'UTC'")
  await connection.run(`SET allowed_paths = [${files}]`)
  // From here on nothing but those files can be opened, and the next line makes that final.
  await connection.run('SET enable_external_access = false')
  await connection.run('SET lock_configuration = true')
  return connection
}

async function query(
  connection: DuckDBConnection,
  { text, parameters, maximumRows }: Extract<ToChild, { type: 'query' }>,
): Promise<FromChild> {
  const reader = await connection.streamAndReadUntil(text, maximumRows + 1, parameters)
  const rows = reader.getRows().map((row) => row.map(cellOf))
  const types = reader.columnTypes()
  return {
    type: 'rows',
    columns: reader.columnNames().map((name, index) => ({ name, type: String(types[index]) })),
    rows: rows.slice(0, maximumRows),
    isCut: rows.length > maximumRows,
    peakMegabytes: Math.max(peakMegabytes, megabytesNow()),
  }
}

/** Numbers stay numbers; what JSON cannot hold becomes text. */
function cellOf(value: DuckDBValue): Cell {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  const text = String(value)
  const isNumber = /^-?\d+(\.\d+)?$/.test(text)
  return isNumber && Math.abs(Number(text)) <= Number.MAX_SAFE_INTEGER ? Number(text) : text
}

/** DuckDB's own words, without the lines of source text that follow. */
function failure(error: unknown): FromChild {
  const message = error instanceof Error ? error.message : String(error)
  const isMemory = /^Out of Memory|max_temp_directory_size|failed to offload/i.test(message)
  return { type: 'failed', reason: isMemory ? 'memory' : 'query', message: message.split('\n\n')[0] ?? '' }
}

let connection: DuckDBConnection | null = null
process.on('disconnect', () => process.exit(0))
process.on('message', (received) => {
  const message = toChild.parse(received)
  const answer = async (): Promise<FromChild> => {
    if (message.type === 'open') {
      watchMemory(message.memoryMegabytes + beyondLimitMegabytes)
      connection = await open(message)
      return { type: 'opened' }
    }
    if (connection === null) return { type: 'failed', reason: 'query', message: 'It was not opened.' }
    return query(connection, message)
  }
  void answer()
    .catch(failure)
    .then((said) => tell(said))
})
