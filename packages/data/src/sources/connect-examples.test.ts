/** The examples of docs/connect.md are models that fit, and their measures are questions that their kinds of source can ask. */
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { unshared } from '../../test/series-ask.ts'
import { checkModel } from '../model/check-model.ts'
import { modelFile } from '../model/model.ts'
import { findSourceKind } from './source-kinds.ts'

const guide = readFileSync(new URL('../../../../docs/connect.md', import.meta.url), 'utf8')
const kinds = ['loki', 'elasticsearch', 'http-json', 'alertmanager', 'kubernetes']

/** Each kind's section: from where it is named to its example's end. */
function exampleOf(kind: string): string {
  const [, section = ''] = guide.split(`\nKind *${kind}*`)
  return /```yaml\n(.*?)```/s.exec(section)?.[1] ?? ''
}

it.each(kinds)('%s', async (kind) => {
  const file = modelFile.parse({ tenonModel: 1, ...parse(exampleOf(kind)) })
  const services = ['payment', 'marketplace'].map((id) => ({ id, kind: 'service', attributes: {} }))
  expect(checkModel({ ...file, entities: services })).toEqual([])
  const source = findSourceKind(kind)!.open({ kind, url: 'http://127.0.0.1:1', secret: null }, { fetch: unshared })
  const measures = Object.values(file.tables).flatMap((table) =>
    Object.values(table.measures).map((measure) => ({ table, measure })),
  )
  expect(measures.length).toBeGreaterThan(0)
  for (const { table, measure } of measures) {
    const groupBy = Object.entries(table.dimensions).map(([name, label]) => ({ name, label }))
    const common = { where: [], groupBy, grid: [Date.now()], stepSeconds: 60, newest: { by: groupBy, where: [] } }
    // What cannot be asked is a bad query; a question that can be finds nobody there.
    await expect(source.series({ table, measure, ...common })).rejects.toMatchObject({ code: 'source-unreachable' })
  }
})
