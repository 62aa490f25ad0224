import { createReadStream, existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { createGunzip } from 'node:zlib'
import { createStreamDetector } from '@tenon/analysis'
import * as z from 'zod'
import { rounded } from '../percentile.ts'
import type { AnalysisPart } from './part.ts'

const curves = z.record(z.string(), z.object({ start: z.number(), interval_s: z.number() }))
const scored = z.object({
  event: z.object({ f1: z.number() }),
  delay: z.object({ f1: z.number() }),
  fp_day: z.number(),
})
const alarmScore = '0.5'

/** Measures of services as they arrive, each by a detector that starts knowing nothing: alarms at the beginning of what is odd. */
export const kpiPart: AnalysisPart = {
  name: 'kpi',
  figures: ['kpi_event_f1', 'kpi_false_per_day', 'kpi_delay_f1'],
  async answer({ data, out }) {
    const meta = join(data, 'kpi', 'meta.json')
    if (!existsSync(meta)) return false
    await mkdir(join(out, 'kpi'), { recursive: true })
    for (const [id, curve] of Object.entries(curves.parse(JSON.parse(await readFile(meta, 'utf8'))))) {
      const detector = createStreamDetector({ intervalSeconds: curve.interval_s })
      const scores = ['score']
      let row = 0
      for await (const value of valuesOf(join(data, 'kpi', `${id}.csv.gz`))) {
        scores.push(detector.update((curve.start + row * curve.interval_s) * 1000, value).score.toFixed(6))
        row += 1
      }
      await writeFile(join(out, 'kpi', `${id}.csv`), `${scores.join('\n')}\n`)
    }
    return true
  },
  async score({ data, out }, run) {
    const printed = await run('kpi_score.py', [
      join(data, 'kpi'),
      join(out, 'kpi'),
      '--threshold',
      alarmScore,
      '--json',
    ])
    if (printed === null) return { kpi_event_f1: null, kpi_false_per_day: null, kpi_delay_f1: null }
    const { event, delay, fp_day } = scored.parse(JSON.parse(printed))
    return {
      kpi_event_f1: rounded(event.f1, 4),
      kpi_false_per_day: rounded(fp_day, 4),
      kpi_delay_f1: rounded(delay.f1, 4),
    }
  },
}

/** The column `value`; no other column is looked at. An empty cell is a gap. */
async function* valuesOf(file: string): AsyncGenerator<number | null> {
  let column = -1
  for await (const line of createInterface({ input: createReadStream(file).pipe(createGunzip()) })) {
    if (column < 0) {
      column = line.trim().split(',').indexOf('value')
      if (column < 0) throw new Error(`${file} has no column named value.`)
      continue
    }
    const cell = line.split(',')[column]
    if (cell !== undefined) yield cell.trim() === '' ? null : Number(cell)
  }
}
