/** The same question from each kind of source gives the same series, whatever is in the labels. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { conformanceCases } from '../../test/conformance/cases.ts'
import { openConformance, type OpenConformance, type ServedSubject } from '../../test/conformance/conformance.ts'
import { makeDataset } from '../../test/conformance/dataset.ts'
import { conformanceServers } from '../../test/conformance/servers.ts'

const hour = 3_600_000
/** Some hours ago, on a whole hour: all facts are in the past. */
const dataset = makeDataset(Math.floor(Date.now() / hour) * hour - 2 * hour)

const servers = conformanceServers(dataset, {
  postgresUrl: process.env.TEST_DATABASE_URL ?? '',
  metricsUrl: process.env.TEST_METRICS_URL ?? '',
})

describe.each(servers)('$name', ({ name, serve }) => {
  let served: ServedSubject
  let open: OpenConformance
  beforeAll(async () => {
    served = await serve()
    open = openConformance(served.subject, dataset)
  })
  afterAll(async () => {
    await open?.close()
    await served?.stop()
  })

  // Each question of files starts a process: here one in three, all of them in `npm run bench -- data`.
  const cases = conformanceCases.filter((_, index) => name !== 'files' || index % 3 === 0)

  it.each(cases)('$title', async (one) => {
    expect(await open.problemOf(one)).toBeNull()
  })
})
