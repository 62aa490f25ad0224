/**
 * Alerts as rows: a gauge counts those that are active now, by their labels. A silenced or inhibited alert counts only where the measure
 * names a state, `*{@state="suppressed"}`, or the question does. `@receiver` is the first receiver; other fields are labels.
 */
import * as z from 'zod'
import type { SeriesAnswer, SeriesAsk, SharedFetch, SourceKind } from '../source.ts'
import { requestJson, requestUrl, type HttpAddress } from '../http/request-json.ts'
import { testConnection, testSeconds } from '../http/test-connection.ts'
import { badMeasure, fieldMeasure, type FieldSelector } from '../rows/field-measure.ts'
import type { Row } from '../rows/row.ts'
import { seriesOfSnapshot } from '../rows/series-of-snapshot.ts'
import { alertmanager, readAlerts, type AlertmanagerAlert } from './read-alerts.ts'

export const alertmanagerKind: SourceKind = {
  kind: 'alertmanager',
  title: 'Alertmanager',
  open(address, { fetch }) {
    return {
      series: (ask) => readSeries(ask, { address, fetch }),
      test: () => testConnection(() => look(address)),
      close: () => Promise.resolve(),
    }
  },
}

const state = '@state'

async function readSeries(
  ask: SeriesAsk,
  { address, fetch }: { address: HttpAddress; fetch: SharedFetch },
): Promise<SeriesAnswer> {
  const own = ask.table.from ?? alertsTable
  if (own !== alertsTable) throw badMeasure(ask.measure, `an Alertmanager has no "${own}"`, 'Write from: alerts.')
  const selectors = selectorsOf(ask)
  // Each selector counts active alerts unless a state is named; rows that none of them may count are no rows.
  const named = [
    ...selectors.flatMap(({ matchers }) => matchers.map(({ field }) => field)),
    ...[...ask.where, ...ask.groupBy].map(({ label }) => label),
  ]
  const namesState = named.includes(state)
  const until = ask.grid.at(-1)!
  const answer = await seriesOfSnapshot(ask, {
    name: alertmanager.name,
    async read(now) {
      const { alerts, at } = await fetch(
        { key: 'alerts', until: now, cost: (found: Read) => ({ points: found.alerts.length, series: 1 }) },
        async (signal): Promise<Read> => ({ alerts: await readAlerts(address, { signal }), at: Date.now() }),
      )
      const rows = alerts.filter((alert) => alert.startsAt <= until && (namesState || alert.state === 'active'))
      return { rows: rows.map(rowOf), at }
    },
  })
  return { ...answer, expression: `GET ${requestUrl(address, alertmanager, { path: 'api/v2/alerts' }).href}` }
}

const alertsTable = 'alerts'

interface Read {
  alerts: AlertmanagerAlert[]
  at: number
}

/** Alerts have no numbers: all that can be asked is how many there are. */
function selectorsOf({ measure }: SeriesAsk): FieldSelector[] {
  const parts = fieldMeasure(measure)
  const selectors =
    parts.kind === 'ratio' ? [parts.of, parts.per] : [{ field: parts.select.field, matchers: parts.select.matchers }]
  const named = selectors.find(({ field }) => field !== null)
  if (named) throw badMeasure(measure, `alerts have no number "${named.field}"`, 'Count them: *{severity="critical"}.')
  return selectors
}

function rowOf({ labels, state: own, receivers }: AlertmanagerAlert): Row {
  return {
    text(field) {
      if (field === state) return own
      if (field === '@receiver') return receivers[0] ?? ''
      return Object.hasOwn(labels, field) ? labels[field]! : ''
    },
    number: () => null,
  }
}

const status = z.object({
  versionInfo: z.object({ version: z.string() }),
  cluster: z.object({ status: z.string() }),
})

async function look(address: HttpAddress): Promise<string> {
  const found = await requestJson(address, alertmanager, {
    path: 'api/v2/status',
    schema: status,
    seconds: testSeconds,
  })
  const alerts = await readAlerts(address, { seconds: testSeconds })
  const active = alerts.filter((alert) => alert.state === 'active').length
  return `It answers: Alertmanager ${found.versionInfo.version}, active alerts: ${active}.`
}
