/** What an action is expected to do to traffic and to measures: for people before they approve, and for the verification after it. */
import { boundName } from './breaker/judge-bounds.ts'
import { backendOf } from './capacity.ts'
import type { ActionDeps } from './deps.ts'
import type { Intent, PlannedAction } from './driver.ts'
import { boundText, figure, isWithin, newestOf, type MeasureReading } from './measure-reading.ts'
import type { Traffic } from './plans/draft.ts'
import type { ActionRequest, HarmBound } from './request.ts'
import { sumRates } from './traffic.ts'

type Effect = NonNullable<PlannedAction['effects']>[number]

/** @throws ActionError `bad-request` when a bound is on a measure that the model does not have: it could never be watched. */
export async function expectedEffects(
  request: ActionRequest,
  { intent, traffic, deps }: { intent: Intent; traffic: Traffic; deps: ActionDeps },
  signal?: AbortSignal,
): Promise<Effect[]> {
  const bounds = request.harm ?? []
  const { readMeasure } = deps
  const measured = await Promise.all(
    bounds.map(async (bound) => measureEffect(bound, readMeasure ? await readMeasure(bound, signal) : null)),
  )
  return [...trafficEffects(request, intent, traffic), ...measured]
}

function measureEffect(bound: HarmBound, reading: MeasureReading | null): Effect {
  const common = { label: boundName(bound), expected: boundText(bound, reading?.unit ?? '') }
  if (reading === null) return { ...common, now: 'not read', tone: 'inconclusive' }
  const { unit } = reading
  const newest = newestOf(reading)
  if (newest === null) return { ...common, now: 'no data', tone: 'inconclusive' }
  return {
    ...common,
    now: figure(newest.value, unit),
    tone: isWithin(bound, newest.value) ? 'normal' : 'abnormal',
  }
}

function trafficEffects(request: ActionRequest, intent: Intent, traffic: Traffic): Effect[] {
  if (request.kind === 'rate-limit' && request.route === undefined && request.caller === undefined) {
    const now = sumRates(traffic.state.servers, traffic.rates)
    return [rateEffect('requests', now, `at most ${request.requestsPerSecond}/s`)]
  }
  return intent.kind === 'set-weights' ? zoneEffects(intent.weights, traffic) : []
}

/** Of the services whose weights change: each spreads its requests over its servers by weight. */
function zoneEffects(weights: Readonly<Record<string, number>>, { state, rates }: Traffic): Effect[] {
  const touched = [...Map.groupBy(state.servers, (server) => backendOf(server, state.target)).values()].filter(
    (servers) => servers.some(({ name }) => weights[name] !== undefined),
  )
  const expected = new Map(
    touched.flatMap((servers) => {
      const total = sumRates(servers, rates)
      const shares = servers.map(({ name, up, weight }) => (up ? (weights[name] ?? weight) : 0))
      const sum = shares.reduce((all, share) => all + share, 0)
      return servers.map(({ name }, index) => {
        const share = shares[index] ?? 0
        return [name, total === null || sum === 0 ? null : (total * share) / sum] as const
      })
    }),
  )
  const zones = [...Map.groupBy(touched.flat(), ({ zone }) => zone)].toSorted(([a], [b]) => a.localeCompare(b))
  return zones.map(([zone, servers]) => {
    const after = sumRates(servers, expected)
    const label = zone === '' ? 'requests to servers of no known zone' : `requests to zone ${zone}`
    return rateEffect(label, sumRates(servers, rates), after === null ? 'not known' : perSecond(after))
  })
}

function rateEffect(label: string, now: number | null, expected: string): Effect {
  if (now === null) return { label, now: 'not reported', expected, tone: 'inconclusive' }
  return { label, now: perSecond(now), expected }
}

function perSecond(rate: number): string {
  return `${rate.toFixed(1)}/s`
}
