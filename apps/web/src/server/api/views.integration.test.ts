import { afterAll, beforeAll, expect, test } from 'vitest'
import { openServer, type ServerWorld } from '../test/server-world.ts'

let world: ServerWorld
beforeAll(async () => {
  world = await openServer()
})
afterAll(() => world?.close())

const quality = { completeness: 1, freshnessSeconds: 5, notes: [] }
const series = [
  {
    measure: 'payment.succeeded',
    title: 'Payment: Succeeded',
    unit: 'requests/min',
    bad: 'down',
    where: {},
    groupBy: ['host'],
    series: [
      {
        dimensions: { host: 'pay-a-1' },
        points: [
          [1, 2.5],
          [2, null],
        ],
        quality,
      },
    ],
    quality,
    query: { kind: 'source', source: 'shop-metrics', sourceKind: 'prometheus', expression: 'sum(x)' },
  },
]
const stored = (by: string, expiresAt = Date.now() + 60_000) =>
  world.db.views.create({ title: 'Loss', series, from: 0, to: 60_000, stepSeconds: 60, expiresAt, by })

test('a view is read as it was frozen, by whoever is signed in, until it expires', async () => {
  const id = await stored('ada@example.com')
  const viewer = await world.as('viewer')
  expect(await viewer.views.get({ id })).toMatchObject({
    title: 'Loss',
    series,
    link: `http://127.0.0.1:3000/data/views/${id}`,
  })
  expect(await viewer.views.grafana({ id })).toMatchObject({
    title: 'Loss',
    templating: { list: [{ name: 'shop_metrics', query: 'prometheus' }] },
    panels: [{ type: 'timeseries', targets: [{ expr: 'sum(x)' }] }],
  })
  const over = await stored('ada@example.com', Date.now() - 1)
  await expect(viewer.views.get({ id: over })).rejects.toMatchObject({ cause: { problem: { code: 'unknown-view' } } })
  expect(await viewer.views.list()).toMatchObject([{ id }])
})

test('who made it deletes it, and admins; viewers make none', async () => {
  const [operator, other, admin, viewer] = [
    await world.as('operator'),
    await world.as('operator'),
    await world.as('admin'),
    await world.as('viewer'),
  ]
  const { email } = (await operator.session.me())!
  const [mine, theirs] = [await stored(email), await stored(email)]
  const refused = { cause: { problem: { code: 'role-too-low' } } }
  await expect(other.views.delete({ id: mine })).rejects.toMatchObject(refused)
  await operator.views.delete({ id: mine })
  await admin.views.delete({ id: theirs })
  await expect(admin.views.delete({ id: theirs })).rejects.toMatchObject({
    cause: { problem: { code: 'unknown-view' } },
  })
  const ask = { title: 'x', series: [{ measure: 'a.b' }], from: 0, to: 60_000, stepSeconds: 60 }
  await expect(viewer.views.create(ask)).rejects.toMatchObject(refused)
  // What the model does not have is told, and nothing is kept.
  await expect(operator.views.create(ask)).rejects.toMatchObject({ cause: { problem: { code: 'unknown-measure' } } })
})
