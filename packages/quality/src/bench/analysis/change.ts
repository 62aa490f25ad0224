import { createReadStream, existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { createGunzip } from 'node:zlib'
import { compareGroups } from '@tenon/analysis'
import * as z from 'zod'
import { rounded } from '../percentile.ts'
import type { AnalysisPart } from './part.ts'

const series = z.array(z.number().nullable())
const changeCase = z.object({
  id: z.string(),
  interval_s: z.number(),
  before: z.number(),
  treated: z.array(series),
  control: z.array(series),
  same_time_1d_2d_ago_aggregate: z.array(series).optional(),
})
const scored = z.object({ FPR: z.number(), FNR: z.number() })

/** Groups that a change touched against groups that it did not: whether the change is to be blocked. */
export const changePart: AnalysisPart = {
  name: 'change',
  figures: ['change_group_fpr', 'change_group_fnr'],
  async answer({ data, out }) {
    const file = join(data, 'change', 'group.jsonl.gz')
    if (!existsSync(file)) return false
    const verdicts: Record<string, boolean> = {}
    for await (const line of createInterface({ input: createReadStream(file).pipe(createGunzip()) })) {
      if (line.trim() === '') continue
      const {
        id,
        interval_s,
        before,
        treated,
        control,
        same_time_1d_2d_ago_aggregate: usual,
      } = changeCase.parse(JSON.parse(line))
      const compared = compareGroups({
        treated,
        control,
        before,
        intervalSeconds: interval_s,
        ...(usual ? { usual } : {}),
      })
      verdicts[id] = compared.value === 'abnormal'
    }
    await mkdir(join(out, 'change'), { recursive: true })
    await writeFile(join(out, 'change', 'verdicts.json'), JSON.stringify(verdicts))
    return true
  },
  async score({ data, out }, run) {
    const printed = await run('change_score.py', [
      join(data, 'change', 'group_truth.json'),
      join(out, 'change', 'verdicts.json'),
    ])
    if (printed === null) return { change_group_fpr: null, change_group_fnr: null }
    const { FPR, FNR } = scored.parse(JSON.parse(printed.split('\n')[0] ?? ''))
    return { change_group_fpr: rounded(FPR, 4), change_group_fnr: rounded(FNR, 4) }
  },
}
