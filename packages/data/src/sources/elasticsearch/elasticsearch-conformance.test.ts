/**
 * No Elasticsearch runs here. A stand-in that is written after its documentation evaluates the searches over the facts of the conformance
 * suite: it shows that what is asked means what it shall mean, not that a real cluster takes it.
 */
import { expect, it } from 'vitest'
import { answering } from '../../../test/loopback-server.ts'
import { conformanceCases, type ConformanceCase } from '../../../test/conformance/cases.ts'
import { exact, openConformance } from '../../../test/conformance/conformance.ts'
import { makeDataset } from '../../../test/conformance/dataset.ts'
import { rowsBinding } from '../../../test/conformance/measures.ts'
import { rowTablesOf } from '../../../test/conformance/stored-facts.ts'
import { evaluateSearch, type Document } from '../../../test/search-stand-in.ts'

const hour = 3_600_000
const dataset = makeDataset(Math.floor(Date.now() / hour) * hour - 2 * hour)
const indices = new Map(
  rowTablesOf(dataset).map(({ name, columns, rows }) => {
    const unique = [...new Map(rows.map((row) => [row[0], row])).values()]
    const documents = unique.map((row): Document =>
      Object.fromEntries(columns.map((column, index) => [column.name, row[index]!])),
    )
    return [`/${name}/_search`, documents]
  }),
)

/** With patterns that are no lists: an index has its own language for them. */
const patterns = ['ofPattern', 'ofClass', 'notPattern', 'ofAny'].map((id) => `events.${id}`)
const [refused, answered] = [true, false].map((isRefused) =>
  conformanceCases.filter(({ measure }) => patterns.includes(measure) === isRefused),
)

async function problemOf(one: ConformanceCase): Promise<string | null> {
  const { url } = await answering(({ path, body }) => ({
    body: evaluateSearch(indices.get(path) ?? [], JSON.parse(body)),
  }))
  const address = { kind: 'elasticsearch', url, secret: null }
  const binding = rowsBinding((relation) => relation)
  const open = openConformance({ name: 'Elasticsearch', address, binding, tolerance: exact }, dataset)
  try {
    return await open.problemOf(one)
  } finally {
    await open.close()
  }
}

it.each(answered!)('$title', async (one) => {
  expect(await problemOf(one)).toBeNull()
})

it.each(refused!)('$title, refused', async (one) => {
  await expect(problemOf(one)).rejects.toThrow('an index compares "app" with values only')
})
