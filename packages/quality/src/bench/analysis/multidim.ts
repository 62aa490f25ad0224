import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { locateDimensions, locateOverTime, type DimensionAnswer } from '@tenon/analysis'
import * as z from 'zod'
import { rounded } from '../percentile.ts'
import type { AnalysisPart } from './part.ts'

const scored = z.object({ F1: z.number() })

/** Which combinations of dimensions changed: counts with a forecast, or events over some minutes of which one is odd. */
export const multidimPart: AnalysisPart = {
  name: 'multidim',
  figures: ['drill_synth_f1', 'drill_rs_f1'],
  async answer({ data, out, note }) {
    const sets = await foldersIn(join(data, 'multidim'))
    for (const set of sets) {
      const answers: Record<string, Record<string, string>[]> = {}
      let unknown = 0
      const folder = join(data, 'multidim', set)
      for (const file of (await readdir(folder)).filter((name) => /\.csv(\.gz)?$/.test(name)).sort()) {
        const answer = answerTable(await readTable(join(folder, file)))
        if (answer === null) unknown++
        else answers[file.replace(/\.csv(\.gz)?$/, '')] = answer.places.map(({ where }) => where)
      }
      if (unknown > 0) note(`multidim/${set}: ${unknown} files have columns that are not known`)
      await mkdir(join(out, 'multidim', set), { recursive: true })
      await writeFile(join(out, 'multidim', set, 'answers.json'), JSON.stringify(answers))
    }
    return sets.length > 0
  },
  async score({ data, out }, run) {
    const f1 = async (set: string) => {
      const truth = join(data, 'multidim', set, 'truth.json')
      const answers = join(out, 'multidim', set, 'answers.json')
      if (!existsSync(truth) || !existsSync(answers)) return null
      const printed = await run('multidim_score.py', [truth, answers])
      return printed === null ? null : rounded(scored.parse(JSON.parse(printed)).F1, 4)
    }
    return { drill_synth_f1: await f1('synth'), drill_rs_f1: await f1('rs') }
  },
}

interface Table {
  head: string[]
  rows: string[][]
}

async function readTable(file: string): Promise<Table> {
  const bytes = await readFile(file)
  const text = (basename(file).endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')
  const [head, ...rows] = text
    .split(/\r?\n/)
    .filter((line) => line !== '')
    .map((line) => line.split(','))
  return { head: head ?? [], rows }
}

/** By the columns that the table has; null when they are neither of the two kinds. */
function answerTable({ head, rows }: Table): DimensionAnswer | null {
  const at = (name: string) => head.indexOf(name)
  const figures = ['real', 'predict', 'min', 'timestamp', 'value', 'cnt']
  const dimensions = head.flatMap((name, index) => (figures.includes(name) ? [] : [index]))
  const attributes = dimensions.map((index) => head[index]!)
  const valuesOf = (row: string[]) => dimensions.map((index) => row[index] ?? '')
  if (at('real') >= 0 && at('predict') >= 0) {
    return locateDimensions({
      kind: 'count',
      attributes,
      leaves: rows.map((row) => ({
        values: valuesOf(row),
        actual: Number(row[at('real')]),
        forecast: Number(row[at('predict')]),
      })),
    })
  }
  if (at('min') < 0 || at('value') < 0 || at('cnt') < 0) return null
  const events = rows.map((row) => ({
    t: Number(row[at('min')]),
    values: valuesOf(row),
    bad: Number(row[at('value')]),
    total: Number(row[at('cnt')]),
  }))
  return locateOverTime(attributes, events)?.answer ?? locateDimensions({ kind: 'ratio', attributes, leaves: [] })
}

/** Names of the folders in a folder; none when there is no such folder. */
export async function foldersIn(folder: string): Promise<string[]> {
  if (!existsSync(folder)) return []
  const entries = await readdir(folder, { withFileTypes: true })
  return entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort()
}
