import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkModelFiles, readModel } from './load-model.ts'
import { modelFile, type ModelFile } from './model.ts'
import { writeModelFile } from './write-model.ts'

const generated = writeModelFile(
  modelFile.parse({
    tenonModel: 1,
    entities: [
      { id: 'pay', kind: 'service', from: 'metrics' },
      { id: 'risk', kind: 'service', from: 'metrics' },
      { id: 'noise', kind: 'service', from: 'metrics' },
    ],
    tables: {
      service: {
        each: 'service',
        source: 'metrics',
        dimensions: { service: 'service', zone: 'zone' },
        measures: {
          ok: {
            title: 'OK',
            kind: 'counter',
            unit: 'requests/min',
            bad: 'down',
            select: 'ok_total',
            seasonality: 'none',
          },
          odd: { title: 'Odd', kind: 'gauge', unit: '1', bad: 'both', select: 'odd' },
        },
      },
    },
    relations: [
      { from: 'pay', to: 'risk', kind: 'calls', by: 'metrics' },
      { from: 'pay', to: 'noise', kind: 'calls', by: 'metrics' },
    ],
  }),
)
const over = (text: string) => [
  { path: 'generated/metrics.yaml', text: generated },
  { path: 'shop.yaml', text: `tenonModel: 1\n${text}` },
]

describe('layers of a model', () => {
  it('lays what a person says over what was found, and keeps the rest', () => {
    const model = readModel(
      over(`entities:
  - { id: pay, owner: payments, tier: 1 }
  - { id: shop, kind: system }
tables:
  service: { measures: { ok: { minimumEvents: 5 }, odd: null }, dimensions: { zone: null } }
without: { entities: [noise], relations: [{ from: pay, to: noise, kind: calls }] }
`),
    )
    expect(model.entities.map(({ id }) => id)).toEqual(['pay', 'risk', 'shop'])
    expect(model.entities[0]).toMatchObject({ kind: 'service', owner: 'payments', tier: 1, from: 'metrics' })
    expect(model.tables['service']!.dimensions).toEqual({ service: 'service' })
    expect(Object.keys(model.tables['service']!.measures)).toEqual(['ok'])
    expect(model.tables['service']!.measures['ok']).toMatchObject({
      minimumEvents: 5,
      seasonality: 'none',
      select: 'ok_total',
    })
    expect(model.relations).toEqual([{ from: 'pay', to: 'risk', kind: 'calls', by: 'metrics' }])
  })

  it.each([
    ['what is in no layer', 'entities:\n  - { id: lost, owner: us }', 'shop.yaml', 3, 'kind'],
    ['a relation to what was taken away', 'without: { entities: [noise] }', 'generated/metrics.yaml', 16, 'noise'],
    ['a wrong value laid over', 'tables:\n  service: { each: host }', 'shop.yaml', 3, 'host'],
    [
      'an entity that two files describe',
      'entities:\n  - { id: pay, tier: 1 }\n  - { id: pay, tier: 2 }',
      'shop.yaml',
      4,
      '',
    ],
  ])('tells the file and line of %s', (_, text, file, line, named) => {
    const [first] = checkModelFiles(over(text))
    expect(first).toMatchObject({ file, line })
    expect(`${first!.place.join('.')} ${first!.message}`).toContain(named)
  })

  it('tells every mistake', () => {
    const text =
      'chains:\n  - { id: a, title: A, steps: [{ id: x, title: X, entity: no, measure: pay.no }, { id: y, title: Y, entity: pay, measure: pay.odd }] }'
    expect(checkModelFiles(over(text)).map(({ place }) => place.join('.'))).toEqual([
      'chains.0.steps.0.entity',
      'chains.0.steps.0.measure',
      'chains.0.steps.1.measure',
    ])
  })

  it('takes a file of any content as one that it can read, or says what is wrong', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.object().map((value) => JSON.stringify(value)),
        ),
        (text) => {
          const mistakes = checkModelFiles([{ path: 'a.yaml', text }])
          for (const { message, fix } of mistakes) expect([message, fix].every((part) => part.length > 0)).toBe(true)
        },
      ),
    )
  })
})

describe('writeModelFile', () => {
  const word = fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,8}$/)
  const anyText = fc.string({ unit: 'binary', maxLength: 20 }).map((text) => text.toWellFormed())

  it('is read back as it was, by the quick reader and by YAML alike, whatever is in the texts', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.record({ id: word, title: anyText, attributes: fc.dictionary(word, anyText) }), {
          selector: ({ id }) => id,
          maxLength: 5,
        }),
        fc.dictionary(word, anyText, { maxKeys: 3 }),
        (entities, measures) => {
          const content: ModelFile = modelFile.parse({
            tenonModel: 1,
            entities: [
              { id: 'all', kind: 'system' },
              ...entities.filter(({ id }) => id !== 'all').map((one) => ({ ...one, kind: 'service' })),
            ],
            tables: {
              t: {
                entity: 'all',
                source: 'metrics',
                measures: Object.fromEntries(
                  Object.entries(measures).map(([id, title]) => [
                    id,
                    { title, kind: 'gauge', unit: '1', bad: 'up', select: 'x', description: title },
                  ]),
                ),
              },
            },
          })
          const text = writeModelFile(content)
          const quick = readModel([{ path: 'a.yaml', text }])
          // A space before a comment is of no canonical form, so that the general parser reads it.
          const general = readModel([{ path: 'a.yaml', text: ` # by hand\n${text}` }])
          expect(general).toEqual(quick)
          expect(new Set(quick.entities.map(({ id, title }) => `${id} ${title}`))).toEqual(
            new Set(content.entities.map(({ id, title }) => `${id} ${title}`)),
          )
          expect(quick.tables).toEqual(content.tables)
          expect(writeModelFile(quick)).toBe(text)
        },
      ),
    )
  })
})
