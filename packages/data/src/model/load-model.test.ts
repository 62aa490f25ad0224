import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadModel } from './load-model.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tenon-model-'))
})
afterEach(() => rm(folder, { recursive: true }))

const entities = `tenonModel: 1
entities:
  - { id: pay, kind: service }
  - { id: pay-1, kind: host, attributes: { service: pay } }
`
const tables = `tenonModel: 1
tables:
  pay:
    entity: pay
    source: metrics
    dimensions: { host: host }
    expected: { service: pay }
    measures:
      ok: { title: OK, kind: counter, unit: requests/min, bad: down, select: 'x_total{outcome="ok"}' }
      share: { title: Share, kind: ratio, unit: ratio, bad: down, of: ok_total, per: all_total }
      slow: { title: Slow, kind: histogram, unit: s, bad: up, quantile: 0.9, select: x_bucket }
relations:
  - { from: pay, to: pay-1, kind: runs-on }
chains:
  - id: buy
    title: Buy
    steps:
      - { id: first, title: First, entity: pay, measure: pay.ok }
      - { id: second, title: Second, entity: pay, measure: pay.ok, latency: pay.slow }
`

async function load(files: Record<string, string>) {
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
  return loadModel(folder)
}
const both = (change: (text: string) => string) =>
  load({ 'a-entities.yaml': change(entities), 'b-tables.yaml': change(tables), 'notes.txt': 'not a model' })

describe('loadModel', () => {
  it('joins the files of a folder', async () => {
    const model = await both((text) => text)
    expect(model.entities.map(({ id }) => id)).toEqual(['pay', 'pay-1'])
    expect(model.tables.pay!.measures.ok).toMatchObject({ seasonality: 'weekly', minimumEvents: 50 })
    expect(model.chains[0]!.steps).toHaveLength(2)
  })

  it('binds a step that is only an id to the measures of what serves requests', async () => {
    const named = (id: string) =>
      `      ${id}: { title: T, kind: counter, unit: requests/min, bad: down, select: x_total }\n`
    const measures = named('succeeded') + named('attempts') + named('latency-p95')
    const model = await both((text) =>
      text.replace('    measures:\n', `    measures:\n${measures}`).replace(/ {6}- \{ id: second.*\n/, '      - pay\n'),
    )
    expect(model.chains[0]!.steps[1]).toEqual({
      id: 'pay',
      title: 'Pay',
      entity: 'pay',
      measure: 'pay.succeeded',
      attempts: 'pay.attempts',
      latency: 'pay.latency-p95',
    })
  })

  it('reads the model of the demo shop', async () => {
    const model = await loadModel(fileURLToPath(new URL('../../../../demo/model', import.meta.url)))
    expect(model.chains.map(({ id }) => id)).toContain('card-payment')
  })

  it.each([
    [
      'an entity of a table',
      ['entity: pay\n', 'entity: pai\n'],
      /b-tables\.yaml, line 4, tables\.pay\.entity: there is no entity "pai"/,
      '"pay"',
    ],
    [
      'an end of a relation',
      ['to: pay-1', 'to: pay-2'],
      /line 13, relations\[0\]\.to: there is no entity "pay-2"/,
      '"pay-1"',
    ],
    ['a relation to itself', ['to: pay-1', 'to: pay'], /relations\[0\]: "pay" cannot depend on itself/, 'remove'],
    [
      'a measure of a chain',
      ['second, title: Second, entity: pay, measure: pay.ok', 'second, title: Second, entity: pay, measure: pay.okay'],
      /chains\[0\]\.steps\[1\]\.measure: there is no measure "pay\.okay"/,
      '"pay.ok"',
    ],
    [
      'a measure that does not count',
      ['entity: pay, measure: pay.ok }', 'entity: pay, measure: pay.share }'],
      /"pay\.share" is a ratio; events are counted by a counter/,
      'counter',
    ],
    [
      'a latency of a chain',
      ['latency: pay.slow', 'latency: pay.slo'],
      /latency: there is no measure "pay\.slo"/,
      '"pay.slow"',
    ],
    [
      'an entity of a chain',
      ['id: first, title: First, entity: pay', 'id: first, title: First, entity: pya'],
      /steps\[0\]\.entity: there is no entity "pya"/,
      '"pay"',
    ],
    ['steps of one id', ['id: second', 'id: first'], /steps\[1\]\.id: there is already a step "first"/, 'own id'],
    [
      'entities of one id',
      ['id: pay-1', 'id: pay'],
      /a-entities\.yaml, line 4, entities\[1\]\.id: there is already an entity "pay"/,
      'own id',
    ],
    ['a ratio without its half', ['of: ok_total, ', ''], /tables\.pay\.measures\.share: a ratio needs "of"/, '"of"'],
    [
      'a counter with halves',
      [`select: 'x_total{outcome="ok"}'`, 'select: x_total, per: y'],
      /measures\.ok\.per: a counter has no "per"/,
      '"select"',
    ],
    ['a histogram without quantile', ['quantile: 0.9, ', ''], /measures\.slow: a histogram needs "quantile"/, '0.95'],
    [
      'a selector that is a query',
      [`'x_total{outcome="ok"}'`, `'rate(x_total[5m])'`],
      /measures\.ok\.select: "rate\(x_total\[5m\]\)" is not a plain selector/,
      'added when it is asked',
    ],
    [
      'expected that matches nothing',
      ['expected: { service: pay }', 'expected: { service: pray }'],
      /tables\.pay\.expected: no entity of kind "host" matches it/,
      'attributes',
    ],
    [
      'expected of an unknown kind',
      ['expected: { service: pay }', 'expected: { kind: hots, service: pay }'],
      /"expected" needs a dimension "hots"/,
      'dimensions',
    ],
    [
      'expected without its dimension',
      ['dimensions: { host: host }', 'dimensions: {}'],
      /"expected" needs a dimension "host"/,
      'dimensions',
    ],
    [
      'a label that is none',
      ['dimensions: { host: host }', `dimensions: { host: 'a) (b' }`],
      /dimensions\.host: "a\) \(b" is not the name of a label/,
      'Labels',
    ],
    ['an unknown key', ['unit: s,', 'units: s,'], /b-tables\.yaml, line 11, tables\.pay\.measures\.slow/, ''],
    ['a wrong value', ['kind: runs-on', 'kind: runs-under'], /relations\[0\]\.kind: invalid option/, 'Correct'],
    ['YAML that is none', ['chains:\n', 'chains: [\n'], /b-tables\.yaml, line \d+: /, 'YAML'],
    ['another version', ['tenonModel: 1', 'tenonModel: 2'], /a-entities\.yaml, line 1, tenonModel: /, ''],
  ])('refuses %s, says where, and what to do', async (_, [from, to], message, fix) => {
    const failed = both((text) => text.replace(from!, to!))
    await expect(failed).rejects.toMatchObject({
      code: 'bad-model',
      message: expect.stringMatching(message),
      fix: expect.stringContaining(fix),
    })
  })

  it('refuses a table that is in two files', async () => {
    await expect(load({ 'a.yaml': entities, 'b.yaml': tables, 'c.yaml': tables })).rejects.toMatchObject({
      code: 'bad-model',
      message: expect.stringContaining('c.yaml, line 4, tables.pay: there is already a table "pay"'),
    })
  })

  it('refuses a folder without a model, and one that is not there', async () => {
    await expect(loadModel(folder)).rejects.toMatchObject({
      code: 'bad-model',
      message: expect.stringContaining('no *.yaml'),
    })
    await expect(loadModel(join(folder, 'none'))).rejects.toMatchObject({ code: 'bad-model' })
  })

  it('refuses a folder by the name of a file, and a file that is too long', async () => {
    await mkdir(join(folder, 'a.yaml'))
    await expect(loadModel(folder)).rejects.toMatchObject({ code: 'bad-model', message: 'a.yaml cannot be read.' })
    await rm(join(folder, 'a.yaml'), { recursive: true })
    await expect(load({ 'a.yaml': `# ${'x'.repeat(4 * 1024 * 1024)}` })).rejects.toMatchObject({
      code: 'bad-model',
      message: 'a.yaml: it is above 4 MiB.',
    })
  })

  it('refuses a file that unfolds without end', async () => {
    const layers = Array.from(
      { length: 12 },
      (_, index) => `l${index + 1}: &l${index + 1} [${`*l${index},`.repeat(9)}]`,
    )
    await expect(load({ 'bomb.yaml': `l0: &l0 [x]\n${layers.join('\n')}\n` })).rejects.toMatchObject({
      code: 'bad-model',
    })
  })
})
