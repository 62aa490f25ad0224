/** The demo shop's history in a real store: healthy weeks with one episode of each fault, hours apart, so that all share one import. */
import { fileURLToPath } from 'node:url'
import { createDataService, loadModel, type DataService, type Model } from '@tenon/data'
import { createSimulator, makeQueryable, postSeries, type FaultKind, type SimulatedFault } from '@tenon/demo'
import type { ChangeRecord } from '../src/node.ts'

export const minute = 60_000
export const hour = 60 * minute
export const day = 24 * hour

export interface Episode {
  kind: FaultKind
  /** Unix milliseconds. */
  onset: number
  asOf: number
  /** When it was mended; by default it goes on. */
  end?: number
  severity?: number
  /** Other hosts than the kind hits by itself. */
  hosts?: readonly string[]
}

/** Imports two weeks before the first moment, and everything up to the last; fine samples in the hours before each moment that is judged. */
export async function importHistory(
  storeUrl: string,
  { episodes, moments, seed }: { episodes: Episode[]; moments: number[]; seed: number },
): Promise<void> {
  const judged = [...moments, ...episodes.map(({ asOf }) => asOf)].toSorted((a, b) => a - b)
  const first = judged[0] ?? 0
  const end = judged.at(-1) ?? 0
  const faults = episodes.map(({ kind, onset, asOf, end: mended, severity, hosts }): SimulatedFault => ({
    kind,
    from: onset,
    // Long enough to be seen by the first coarse step after it.
    to: mended ?? asOf + 10 * minute,
    ...(severity === undefined ? {} : { severity }),
    ...(hosts === undefined ? {} : { hosts }),
  }))
  const simulator = createSimulator({ seed, faults })
  let at = first - 14 * day - 9 * hour
  while (at < end) {
    const next = judged.find((moment) => moment > at) ?? end
    const left = next - at
    // As scraped (15 s) in the last hour, as backfilled (60 s) in the hours before, and no finer than history is asked for before that.
    const [stepSeconds, until] = left > 5 * hour ? [300, next - 5 * hour] : left > hour ? [60, next - hour] : [15, next]
    const to = Math.min(until, at + day)
    await postSeries(storeUrl, simulator.run({ from: at, to, stepSeconds }))
    at = to
  }
  await makeQueryable(storeUrl)
}

const modelFolder = fileURLToPath(new URL('../../../demo/model', import.meta.url))

export const shopModel = (): Promise<Model> => loadModel(modelFolder)

export async function shopData(storeUrl: string): Promise<DataService> {
  return createDataService({
    model: await shopModel(),
    sources: async () => ({ kind: 'prometheus', url: storeUrl, secret: null }),
  })
}

export const change = (id: string, kind: string, startedAt: number, rest: Partial<ChangeRecord>): ChangeRecord => ({
  id,
  kind,
  title: id,
  startedAt,
  endedAt: startedAt + minute,
  scope: {},
  author: null,
  ...rest,
})
