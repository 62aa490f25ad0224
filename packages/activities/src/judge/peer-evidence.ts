/** Charts and a table of the parts of a service, and when the odd part went wrong. */
import { estimateOnset } from '@tenon/analysis'
import type { DataService } from '@tenon/data'
import type { DataQuality, Evidence } from '@tenon/runbook'
import { recentStepSeconds as stepSeconds } from './fetch-and-judge.ts'
import { percent } from './figures.ts'
import type { LossOnset } from './loss-onset.ts'
import { meanOver } from './mean-over.ts'
import type { PeerPlace } from './peer-place.ts'

const minute = 60_000
const mostLines = 12

export async function peerEvidence(
  data: DataService,
  place: PeerPlace,
  { onset, asOf }: { onset: LossOnset; asOf: number },
): Promise<{ evidence: Evidence[]; began: number | null; quality: DataQuality }> {
  const rates = await ratesOf(data, place, { onset, asOf })
  const { slow } = place
  const latency: Evidence[] =
    slow === null
      ? []
      : [
          {
            id: 'latency-by-part',
            kind: 'series',
            title: `${slow.title} by ${slow.dimension}`,
            subtitle: slow.split.reason,
            verdict:
              slow.split.status === 'outliers' ? 'abnormal' : slow.split.status === 'alike' ? 'normal' : 'inconclusive',
            unit: slow.unit,
            series: slow.series.slice(0, mostLines).map(({ id, points }) => ({ name: id, points })),
            queries: slow.queries,
          },
        ]
  const charts = place.status === 'slow' ? [...latency, ...rates.evidence] : [...rates.evidence, ...latency]
  return { evidence: [...charts, ...partsTable(place)], began: rates.began, quality: rates.quality }
}

const unmeasured: DataQuality = { completeness: 1, freshnessSeconds: null, notes: [] }

/** The success rate of the odd part against the rest; of the whole when no part is odd. */
async function ratesOf(
  data: DataService,
  { success, localised, failing, status }: PeerPlace,
  { onset, asOf }: { onset: LossOnset; asOf: number },
): Promise<{ evidence: Evidence[]; began: number | null; quality: DataQuality }> {
  if (success === null) return { evidence: [], began: null, quality: unmeasured }
  const all = [...new Set(failing?.cells.flatMap(({ dimensions }) => dimensions['host'] ?? []))]
  const inside = localised?.hosts ?? []
  const outside = all.filter((host) => !inside.includes(host))
  const from = Math.min(onset.at, asOf - 2 * 60 * minute) - 30 * minute
  const query = { measure: success.rate, from, to: asOf, stepSeconds, asOf, qualityFrom: asOf - 10 * minute }
  if (inside.length === 0 || outside.length === 0) {
    const whole = await data.data(query)
    const line = [{ name: 'Success rate', points: whole.series[0]?.points ?? [] }]
    const evidence: Evidence = {
      id: 'success-rate',
      kind: 'series',
      title: 'Success rate',
      unit: whole.unit,
      series: line,
      queries: [whole.query],
    }
    return { evidence: [evidence], began: null, quality: whole.quality }
  }
  const [odd, rest] = await Promise.all([
    data.data({ ...query, where: { host: inside } }),
    data.data({ ...query, where: { host: outside } }),
  ])
  const points = odd.series[0]?.points ?? []
  const usual = meanOver(rest.series[0]?.points ?? [], from, asOf)
  const change = estimateOnset({ points, expected: points.map(([t]) => [t, usual]), kind: 'ratio', stepSeconds })
  const began = status === 'failing' && change !== null && change.after < change.before ? change.at : null
  const evidence: Evidence = {
    id: 'odd-part',
    kind: 'series',
    title: 'Success rate of the odd part against the rest',
    verdict: status === 'failing' ? 'abnormal' : 'normal',
    unit: odd.unit,
    series: [
      { name: inside.length > 3 ? `${inside.length} hosts` : inside.join(', '), points },
      { name: 'the rest', points: rest.series[0]?.points ?? [] },
    ],
    marks: began === null ? [] : [{ at: began, label: 'onset', kind: 'onset' }],
    queries: [odd.query, rest.query],
  }
  return { evidence: [evidence], began, quality: odd.quality }
}

function partsTable({ slow, failing, localised }: PeerPlace): Evidence[] {
  const hosts = [
    ...new Set([
      ...(failing?.cells.flatMap(({ dimensions }) => dimensions['host'] ?? []) ?? []),
      ...(slow?.dimension === 'host' ? slow.series.map(({ id }) => id) : []),
    ]),
  ].sort()
  if (hosts.length === 0) return []
  const changes = new Map([...(slow?.split.outliers ?? []), ...(slow?.split.rest ?? [])].map((one) => [one.id, one]))
  return [
    {
      id: 'parts',
      kind: 'table',
      title: 'Host by host',
      columns: [
        { key: 'host', label: 'Host' },
        { key: 'failing', label: 'Failing now' },
        { key: 'before', label: 'Before' },
        { key: 'latency', label: 'Latency, times before' },
        { key: 'verdict', label: 'Verdict' },
      ],
      rows: hosts.map((host) => {
        const cells = failing?.cells.filter(({ dimensions }) => dimensions['host'] === host) ?? []
        const change = changes.get(host)
        return {
          host,
          failing: share(cells.map(({ bad, total }) => [bad, total])),
          before: share(cells.map(({ baselineBad, baselineTotal }) => [baselineBad, baselineTotal])),
          latency: change ? Math.round(change.factor * 100) / 100 : null,
          verdict: localised?.hosts.includes(host) ? 'differs' : 'as the others',
        }
      }),
    },
  ]
}

function share(parts: [bad: number, total: number][]): string | null {
  const total = parts.reduce((sum, [, all]) => sum + all, 0)
  return total > 0 ? percent(parts.reduce((sum, [bad]) => sum + bad, 0) / total) : null
}
