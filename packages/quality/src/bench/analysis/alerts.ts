import { createReadStream, existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { createGunzip } from 'node:zlib'
import { triageAlerts, type TriageAlert, type TriageEvent } from '@tenon/analysis'
import * as z from 'zod'
import { rounded } from '../percentile.ts'
import type { AnalysisPart } from './part.ts'

const second = 1_000
const severities = { P1: 'critical', P2: 'warning', P3: 'info' } as const
const line = z.object({
  id: z.string(),
  ts: z.number(),
  service: z.string(),
  rule: z.string(),
  severity: z.enum(['P1', 'P2', 'P3']),
  volume_per_min: z.number().optional(),
  resolved_ts: z.number().optional(),
})
const topology = z.object({ calls: z.record(z.string(), z.array(z.string())) })
const kinds = {
  change: 'change',
  load_test: 'load-test',
  maintenance: 'maintenance',
  external_source_drop: 'source-drop',
} as const
const happened = z.array(
  z.object({
    type: z.enum(['change', 'load_test', 'maintenance', 'external_source_drop']),
    service: z.string(),
    start: z.number(),
    end: z.number(),
  }),
)
const scored = z.object({
  precision: z.number(),
  recall_300s: z.number(),
  reduction: z.number(),
  lost: z.number(),
  bcubed_f1: z.number(),
})

/** Two weeks of alerts, replayed as they came: whom to wake, what belongs together, what is noise. */
export const alertsPart: AnalysisPart = {
  name: 'alerts',
  figures: ['alerts_precision', 'alerts_recall_300s', 'alerts_reduction', 'alerts_lost', 'alerts_bcubed_f1'],
  async answer({ data, out }) {
    const folder = join(data, 'alerts')
    if (!existsSync(join(folder, 'alerts.jsonl.gz'))) return false
    const alerts: TriageAlert[] = []
    for await (const text of createInterface({
      input: createReadStream(join(folder, 'alerts.jsonl.gz')).pipe(createGunzip()),
    })) {
      if (text.trim() !== '') alerts.push(alertOf(line.parse(JSON.parse(text))))
    }
    const { calls } = topology.parse(JSON.parse(await readFile(join(folder, 'topology.json'), 'utf8')))
    const events = happened
      .parse(JSON.parse(await readFile(join(folder, 'events.json'), 'utf8')))
      .map(({ type, service, start, end }, index): TriageEvent => {
        const common = { id: String(index), entity: service, from: start * second, to: end * second }
        return { ...common, kind: kinds[type] }
      })
    const { decisions } = triageAlerts({ alerts, calls, events, now: Number.MAX_SAFE_INTEGER })
    const answers = decisions.map(({ id, action, group, decidedAt }) =>
      JSON.stringify({ id, action, group, decided_ts: decidedAt / second }),
    )
    await mkdir(join(out, 'alerts'), { recursive: true })
    await writeFile(join(out, 'alerts', 'decisions.jsonl'), `${answers.join('\n')}\n`)
    return true
  },
  async score({ data, out }, run) {
    const printed = await run('alert_score.py', [join(data, 'alerts'), join(out, 'alerts', 'decisions.jsonl')])
    const found = printed === null ? null : scored.parse(JSON.parse(printed))
    return {
      alerts_precision: found && rounded(found.precision, 4),
      alerts_recall_300s: found && rounded(found.recall_300s, 4),
      alerts_reduction: found && rounded(found.reduction, 4),
      alerts_lost: found && found.lost,
      alerts_bcubed_f1: found && rounded(found.bcubed_f1, 4),
    }
  },
}

function alertOf(read: z.infer<typeof line>): TriageAlert {
  return {
    id: read.id,
    at: read.ts * second,
    entity: read.service,
    rule: read.rule,
    severity: severities[read.severity],
    perMinute: read.volume_per_min ?? null,
    resolvedAt: read.resolved_ts === undefined ? null : read.resolved_ts * second,
  }
}
