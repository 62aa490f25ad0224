import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createStreamDetector } from '@tenon/analysis'
import * as z from 'zod'
import { rounded } from '../percentile.ts'
import type { AnalysisPart } from './part.ts'

const scored = z.object({ standard: z.object({ score: z.number() }) })
const alarmScore = '0.5'
/** The interval of a series is told from so many of its first points, as someone who sets a detector up would. */
const firstPoints = 100

/** Series of every kind as they arrive (Numenta anomaly benchmark), each by a detector that starts knowing nothing. */
export const nabPart: AnalysisPart = {
  name: 'nab',
  figures: ['nab_standard'],
  async answer({ data, out }) {
    const folder = join(data, 'nab', 'data')
    if (!existsSync(folder)) return false
    for (const file of await csvFiles(folder)) {
      const rows = rowsOf(await readFile(join(folder, file), 'utf8'), file)
      const detector = createStreamDetector({ intervalSeconds: intervalOf(rows) })
      const lines = rows.map(({ text, t, value }) => `${text},${detector.update(t, value).score.toFixed(6)}`)
      const target = join(out, 'nab', file)
      await mkdir(dirname(target), { recursive: true })
      await writeFile(target, `timestamp,anomaly_score\n${lines.join('\n')}\n`)
    }
    return true
  },
  async score({ data, out }, run) {
    const named = join(data, 'nab', 'files.txt')
    const printed = await run('nab_score.py', [
      '--labels',
      join(data, 'nab', 'windows.json'),
      '--scores',
      join(out, 'nab'),
      ...(existsSync(named) ? ['--files', named] : []),
      '--threshold',
      alarmScore,
      '--json',
    ])
    if (printed === null) return { nab_standard: null }
    return { nab_standard: rounded(scored.parse(JSON.parse(printed)).standard.score, 2) }
  },
}

async function csvFiles(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true })
  return names.filter((name) => name.endsWith('.csv')).toSorted()
}

interface Row {
  text: string
  t: number
  value: number | null
}

/** Times without a zone are taken as UTC. */
function rowsOf(csv: string, file: string): Row[] {
  const [header = '', ...lines] = csv.split('\n').filter((line) => line.trim() !== '')
  const names = header.trim().split(',')
  const [time, value] = [names.indexOf('timestamp'), names.indexOf('value')]
  if (time < 0 || value < 0) throw new Error(`${file} has no columns timestamp and value.`)
  return lines.map((line) => {
    const cells = line.trim().split(',')
    const text = cells[time] ?? ''
    const cell = cells[value] ?? ''
    return { text, t: Date.parse(`${text.replace(' ', 'T')}Z`), value: cell === '' ? null : Number(cell) }
  })
}

function intervalOf(rows: Row[]): number {
  const steps = rows
    .slice(1, firstPoints)
    .map(({ t }, place) => (t - (rows[place]?.t ?? Number.NaN)) / 1000)
    .filter((step) => step > 0)
    .toSorted((a, b) => a - b)
  return steps[Math.floor(steps.length / 2)] ?? 300
}
