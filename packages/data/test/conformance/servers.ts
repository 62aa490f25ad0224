/** Real servers with the facts in them; each test ends what it started. */
import { findTool, prometheusTool } from '@tenon/stack'
import { createConnection, type Connection } from 'mysql2/promise'
import pg from 'pg'
import { startMariadb } from '../mariadb.ts'
import { writeRequest } from '../../src/analysis-store/write-request.ts'
import { prometheusReceiver, victoriaMetrics } from '../stored-samples.ts'
import { exact, sampled, type ServedSubject } from './conformance.ts'
import { delivered, type Dataset } from './dataset.ts'
import { metricsBinding, rowsBinding } from './measures.ts'
import { serveFiles } from './serve-files.ts'
import { serveHttpJson } from './serve-http-json.ts'
import { metricsOf, rowTablesOf, type RowTable } from './stored-facts.ts'

/** Every kind of source that the suite runs against. A new one is a line here. */
export function conformanceServers(
  dataset: Dataset,
  { postgresUrl, metricsUrl }: { postgresUrl: string; metricsUrl: string },
): { name: string; serve: () => Promise<ServedSubject> }[] {
  return [
    { name: 'PostgreSQL', serve: () => servePostgres(postgresUrl, dataset) },
    { name: 'MariaDB', serve: () => serveMariadb(dataset) },
    { name: 'files', serve: () => serveFiles(dataset) },
    { name: 'HTTP JSON', serve: () => serveHttpJson(dataset) },
    { name: 'VictoriaMetrics', serve: () => serveVictoriaMetrics(metricsUrl, dataset) },
    { name: 'Prometheus', serve: () => servePrometheus(dataset) },
  ]
}

/** By remote write, as the facts arrive: late, twice and out of order. */
async function servePrometheus(dataset: Dataset): Promise<ServedSubject> {
  await findTool(prometheusTool)
  const store = await prometheusReceiver()
  try {
    const arriving = delivered(
      metricsOf(dataset, 'conf').flatMap(({ name, labels, samples }) => {
        // A label without value is none.
        const present = Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== ''))
        const key = JSON.stringify([name, present])
        return samples.map(([time, value]) => ({ time, value, key, name, labels: present }))
      }),
    )
    for (const some of chunks(arriving, 20_000)) {
      const series = [...Map.groupBy(some, ({ key }) => key).values()].map((own) => ({
        measure: own[0]!.name,
        labels: own[0]!.labels,
        points: own.map(({ time, value }): [number, number] => [time, value]),
      }))
      const headers = { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy' }
      const body = Buffer.from(writeRequest(series))
      const answer = await fetch(`${store.url}/api/v1/write`, { method: 'POST', headers, body })
      if (!answer.ok) throw new Error(`Prometheus refused samples: ${answer.status} ${await answer.text()}`)
    }
    const address = { kind: 'prometheus', url: store.url, secret: null }
    return {
      subject: { name: 'Prometheus', address, binding: metricsBinding('conf'), tolerance: sampled },
      stop: store.stop,
    }
  } catch (error) {
    await store.stop()
    throw error
  }
}

/** Into a VictoriaMetrics that runs. It takes samples in any order. */
async function serveVictoriaMetrics(url: string, dataset: Dataset): Promise<ServedSubject> {
  const prefix = `conf${Date.now()}`
  const series = metricsOf(dataset, prefix).map((one) => {
    const samples = delivered(one.samples.map(([time, value]) => ({ time, value })))
    return { ...one, samples: samples.map(({ time, value }): [number, number] => [time, value]) }
  })
  const store = await victoriaMetrics(url, series)
  const address = { kind: 'prometheus', url: store.url, secret: null }
  return {
    subject: { name: 'VictoriaMetrics', address, binding: metricsBinding(prefix), tolerance: sampled },
    stop: store.stop,
  }
}

/** Into a schema of its own of a PostgreSQL that runs, read by a user of its own that can only read. */
export async function servePostgres(url: string, dataset: Dataset): Promise<ServedSubject & { schema: string }> {
  const schema = `conf_${Date.now()}`
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(`CREATE SCHEMA ${schema}`)
  for (const { name, columns, rows } of rowTablesOf(dataset)) {
    const typed = columns.map((column) => `"${column.name}" ${postgresTypes[column.kind]}`)
    await client.query(`CREATE TABLE ${schema}.${name} (${typed.join(', ')})`)
    await client.query(`CREATE INDEX ON ${schema}.${name} ("time")`)
    for (const some of chunks(rows, 5_000)) {
      const lists = columns.map(({ kind }, index) =>
        some.map((row) => (kind === 'time' ? new Date(row[index]!).toISOString() : row[index])),
      )
      const unnested = columns.map(({ kind }, index) => `$${index + 1}::${castTypes[kind]}[]`)
      await client.query(
        `INSERT INTO ${schema}.${name} SELECT * FROM unnest(${unnested.join(', ')}) ON CONFLICT DO NOTHING`,
        lists,
      )
    }
  }
  await client.query(`CREATE ROLE ${schema} LOGIN PASSWORD 'read:only'`)
  await client.query(`GRANT USAGE ON SCHEMA ${schema} TO ${schema}`)
  await client.query(`GRANT SELECT ON ALL TABLES IN SCHEMA ${schema} TO ${schema}`)
  const { host, pathname } = new URL(url)
  const address = { kind: 'postgres', url: `postgres://${host}${pathname}`, secret: `${schema}:read:only` }
  return {
    schema,
    subject: {
      name: 'PostgreSQL',
      address,
      binding: rowsBinding((relation) => `${schema}.${relation}`),
      tolerance: exact,
    },
    async stop() {
      await client.query(`DROP SCHEMA ${schema} CASCADE`)
      await client.query(`DROP ROLE ${schema}`)
      await client.end()
    },
  }
}

const postgresTypes: Record<RowTable['columns'][number]['kind'], string> = {
  id: 'bigint PRIMARY KEY',
  time: 'timestamptz NOT NULL',
  text: 'text NOT NULL',
  integer: 'integer',
  number: 'double precision',
}
const castTypes = { id: 'bigint', time: 'timestamptz', text: 'text', integer: 'integer', number: 'double precision' }

/** A MariaDB of its own, in a folder of its own. */
export async function serveMariadb(dataset: Dataset): Promise<ServedSubject & { root: Connection; port: number }> {
  const server = await startMariadb()
  try {
    const root = await createConnection({
      host: '127.0.0.1',
      port: server.port,
      user: 'root',
      charset: 'utf8mb4',
      timezone: 'Z',
    })
    // Its usual collation takes "a" for "A" and "a " for "a".
    await root.query('CREATE DATABASE conf CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci')
    for (const { name, columns, rows } of rowTablesOf(dataset)) {
      const typed = columns.map((column) => `\`${column.name}\` ${mariadbTypes[column.kind]}`)
      await root.query(`CREATE TABLE conf.${name} (${typed.join(', ')}, KEY (\`time\`))`)
      for (const some of chunks(rows, 2_000)) {
        const values = some.map((row) =>
          columns.map(({ kind }, index) => (kind === 'time' ? mariadbTime(Number(row[index])) : row[index])),
        )
        await root.query(`INSERT IGNORE INTO conf.${name} VALUES ?`, [values])
      }
    }
    await root.query("CREATE USER reader IDENTIFIED BY 'read:only'")
    await root.query('GRANT SELECT ON conf.* TO reader')
    const address = { kind: 'mysql', url: `mysql://127.0.0.1:${server.port}/conf`, secret: 'reader:read:only' }
    return {
      root,
      port: server.port,
      subject: { name: 'MariaDB', address, binding: rowsBinding((relation) => `conf.${relation}`), tolerance: exact },
      async stop() {
        await root.end()
        await server.stop()
      },
    }
  } catch (error) {
    await server.stop()
    throw error
  }
}

const mariadbTypes: Record<RowTable['columns'][number]['kind'], string> = {
  id: 'bigint PRIMARY KEY',
  time: 'datetime(3) NOT NULL',
  text: 'varchar(200) NOT NULL',
  integer: 'int',
  number: 'double',
}

const mariadbTime = (time: number) => new Date(time).toISOString().replace('T', ' ').replace('Z', '')

function chunks<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, index) => all.slice(index * size, (index + 1) * size))
}
