import { expect, test } from 'vitest'
import * as z from 'zod'
import { createRemoteWrite } from './remote-write.ts'

const answer = z.object({
  data: z.object({
    result: z.array(
      z.object({ metric: z.record(z.string(), z.string()), values: z.array(z.tuple([z.number(), z.string()])) }),
    ),
  }),
})

test('a real store takes what is written, and gives back each label and value', async () => {
  const url = process.env['TEST_METRICS_URL']
  if (!url) throw new Error('TEST_METRICS_URL is not set: run with -c packages/quality/vitest.config.ts')
  const run = crypto.randomUUID()
  const now = Math.floor(Date.now() / 1000) * 1000
  const subject = 'größe "x" \\ 漢字 \n'
  const many = Array.from({ length: 300 }, (_, index) => ({
    measure: 'tenon_confidence',
    labels: { run, step: `s${index}` },
    points: [[now, index / 300]] as [number, number][],
  }))
  const problems: string[] = []
  const remote = createRemoteWrite({
    address: async () => ({ kind: 'prometheus', url, secret: null }),
    onProblem: (message) => problems.push(message),
  })
  remote.add([
    {
      measure: 'tenon_abnormal',
      labels: { run, subject },
      points: [
        [now, -0.125],
        [now - 60_000, 1],
      ],
    },
    ...many,
  ])
  await remote.settled()
  expect(problems).toEqual([])
  await fetch(`${url}/internal/force_flush`)

  const read = async (metric: string) => {
    const query = new URLSearchParams({ query: `${metric}{run="${run}"}[10m]`, time: String(now / 1000 + 1) })
    const response = await fetch(`${url}/api/v1/query?${query.toString()}`)
    return answer.parse(await response.json()).data.result
  }
  expect(await read('tenon_abnormal')).toEqual([
    {
      metric: { __name__: 'tenon_abnormal', run, subject },
      values: [
        [now / 1000 - 60, '1'],
        [now / 1000, '-0.125'],
      ],
    },
  ])
  const confidence = await read('tenon_confidence')
  expect(confidence).toHaveLength(300)
  expect(confidence.find(({ metric }) => metric['step'] === 's150')?.values[0]?.[1]).toBe('0.5')
})
