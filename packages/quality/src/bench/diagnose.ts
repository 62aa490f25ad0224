/**
 * How fast and how right a diagnosis is. Simulated incidents are written into a store of the bench's own, as the shop's live hosts
 * would have been scraped; then the runbook is started over the API with the clock of each, one after the other.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSimulator, makeQueryable, postSeries } from '@tenon/demo'
import { findTool, metricsStorePart, metricsStoreUrl, metricsTool, Ports, startStack, Supervisor } from '@tenon/stack'
import type { Bench, BenchOptions } from './bench.ts'
import { isCause, type PlacedCase, placeCases, SPACING_MINUTES } from './diagnose-cases.ts'
import { type Answer, diagnose, postChanges } from './diagnose-run.ts'
import { percentile, rounded } from './percentile.ts'

const MINUTE = 60_000
const DAY = 1_440 * MINUTE
/** Baselines compare with the same hour of the weeks before; the first case needs them too. */
const HISTORY_DAYS = 14
const FINE_MINUTES = { before: 75, after: 10 }

export const diagnoseBench: Bench = {
  name: 'diagnose',
  figures: [
    'conclusion_p50_s',
    'conclusion_p95_s',
    'first_evidence_p50_s',
    'cases',
    'true_cause_first',
    'healthy_called_abnormal',
    'lost_scrape_inconclusive',
  ],
  async run(options) {
    const folder = mkdtempSync(join(tmpdir(), 'tenon-bench-'))
    const store = new Supervisor({ logDirectory: join(folder, 'store-logs') })
    try {
      const { port } = await new Ports().choose(0)
      const { path: executable } = await findTool(metricsTool, { say: options.say })
      await store.start(metricsStorePart({ executable, port, directory: join(folder, 'store') }))
      const cases = placeCases(Math.floor(Date.now() / MINUTE) * MINUTE)
      const metricsUrl = metricsStoreUrl({ port })
      await writeHistory(metricsUrl, cases, options)
      const answers = await askAll({ folder, metricsUrl, cases, options })
      return judge(cases, answers)
    } finally {
      await store.stop()
      rmSync(folder, { recursive: true, force: true })
    }
  },
}

/** Coarse for the baseline, as fine as a live scrape is useful where a case is judged. */
async function writeHistory(storeUrl: string, cases: PlacedCase[], { say }: BenchOptions): Promise<void> {
  const first = cases[0]
  if (!first) return
  const simulator = createSimulator({ seed: 7, faults: cases.flatMap(({ faults }) => faults) })
  let [at, samples] = [first.onset - HISTORY_DAYS * DAY, 0]
  const write = async (to: number, stepSeconds: number): Promise<void> => {
    for (; at < to; at = Math.min(at + DAY, to)) {
      const piece = { from: at, to: Math.min(at + DAY, to), stepSeconds }
      samples += await postSeries(storeUrl, simulator.run(piece))
    }
  }
  say(`Writing ${HISTORY_DAYS} days of history and ${cases.length} incidents, one each ${SPACING_MINUTES} min`)
  for (const { onset, asOf } of cases) {
    // Whole minutes: a piece of coarse steps ends where it was asked to.
    await write(Math.floor((onset - FINE_MINUTES.before * MINUTE) / MINUTE) * MINUTE, 60)
    await write(Math.ceil((asOf + FINE_MINUTES.after * MINUTE) / MINUTE) * MINUTE, 15)
  }
  await write(Math.floor(Date.now() / MINUTE) * MINUTE, 60)
  await makeQueryable(storeUrl)
  say(`${(samples / 1e6).toFixed(1)} million samples written`)
}

async function askAll(given: {
  folder: string
  metricsUrl: string
  cases: PlacedCase[]
  options: BenchOptions
}): Promise<(Answer | null)[]> {
  const { cases, options } = given
  options.say('Starting Tenon on that store')
  const stack = await startStack({
    home: join(given.folder, 'home'),
    environment: { ...process.env, TENON_METRICS_URL: given.metricsUrl },
  })
  try {
    const api = { url: stack.url, token: stack.apiToken ?? '', databaseUrl: stack.databaseUrl }
    for (const one of cases) await postChanges(api, one.changes)
    // The first run loads what later ones find loaded; people meet it once.
    await diagnose(api, { asked: { kind: 'chain', id: 'card-payment' }, asOf: (cases[0]?.asOf ?? Date.now()) - MINUTE })
    const answers: (Answer | null)[] = []
    for (const one of cases) {
      const answer = await diagnose(api, one).catch((error: unknown) => {
        options.say(`${one.name}: ${error instanceof Error ? error.message : String(error)}`)
        return null
      })
      answers.push(answer)
      if (answer) options.say(`${one.name}: ${describe(answer)}${isRight(one, answer) ? '' : '   <- wrong'}`)
    }
    return answers
  } finally {
    await stack.stop()
  }
}

function judge(cases: PlacedCase[], answers: (Answer | null)[]) {
  const asked = cases.map((one, index) => ({ one, answer: answers[index] ?? null }))
  const answered = asked.flatMap(({ one, answer }) => (answer ? [{ one, answer }] : []))
  const conclusions = answered.map(({ answer }) => answer.conclusionSeconds)
  const firsts = answered.flatMap(({ answer }) => answer.firstEvidenceSeconds ?? [])
  /** A case without an answer is not right. */
  const share = (kind: PlacedCase['expect']['kind'], holds: (one: PlacedCase, answer: Answer) => boolean) => {
    const these = asked.filter(
      ({ one }) => one.expect.kind === kind && (kind !== 'inconclusive' || one.fault === 'lost-scrape'),
    )
    const count = these.filter(({ one, answer }) => answer !== null && holds(one, answer)).length
    return these.length === 0 ? null : rounded(count / these.length, 3)
  }
  const wrong = asked.filter(({ one, answer }) => answer === null || !isRight(one, answer))
  return {
    figures: {
      conclusion_p50_s: rounded(percentile(conclusions, 0.5), 2),
      conclusion_p95_s: rounded(percentile(conclusions, 0.95), 2),
      first_evidence_p50_s: rounded(percentile(firsts, 0.5), 2),
      cases: answered.length,
      true_cause_first: share('cause', isRight),
      healthy_called_abnormal: share('not-abnormal', (_, answer) => answer.verdict === 'abnormal'),
      lost_scrape_inconclusive: share('inconclusive', isRight),
    },
    notes: [
      'Incidents are simulated as the live shop would have been scraped; each is judged 6 minutes after its onset (a leak after 35), among three harmless changes, every third with the echo of another fault.',
      'Times are from the start of the run to its conclusion, and to the end of the first step with evidence, as the run records them.',
      ...wrong.map(({ one, answer }) => `Wrong: ${one.name}: ${answer ? describe(answer) : 'no answer'}`),
    ],
  }
}

function isRight(one: PlacedCase, answer: Answer): boolean {
  switch (one.expect.kind) {
    case 'cause':
      return answer.verdict === 'abnormal' && answer.cause !== null && isCause(one, answer.cause.key)
    case 'not-abnormal':
      return answer.verdict !== 'abnormal'
    case 'inconclusive':
      return answer.verdict === 'inconclusive'
  }
}

function describe({ verdict, cause, conclusion, conclusionSeconds, runbook }: Answer): string {
  return `${runbook}: ${verdict}, ${cause?.key ?? 'no cause'}, ${conclusionSeconds.toFixed(2)} s: ${conclusion}`
}
