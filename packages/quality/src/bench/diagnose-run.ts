/** Starts a diagnosis over the API, as any system would, and reads what it came to. */
import { setTimeout as sleep } from 'node:timers/promises'
import { openDatabase } from '@tenon/db'
import * as z from 'zod'
import type { PostedChange } from './diagnose-cases.ts'
import type { Asked } from './diagnose-incidents.ts'

export interface Api {
  url: string
  token: string
  /** When each step ended is not in the API's answer. */
  databaseUrl: string
}

export interface Answer {
  verdict: 'normal' | 'abnormal' | 'inconclusive'
  cause: { kind: string; key: string } | null
  conclusion: string
  runbook: string
  conclusionSeconds: number
  firstEvidenceSeconds: number | null
}

const PATIENCE_MS = 60_000

const started = z.object({ runId: z.string(), runbook: z.string() })
const run = z.object({
  status: z.string(),
  startedAt: z.string(),
  concludedAt: z.string().nullable(),
  report: z
    .object({
      verdict: z.object({ value: z.enum(['normal', 'abnormal', 'inconclusive']) }),
      conclusion: z.string(),
      cause: z.object({ kind: z.string(), key: z.string() }).nullable(),
    })
    .nullable(),
})

export async function postChanges(api: Api, changes: PostedChange[]): Promise<void> {
  for (const change of changes) await call(api, '/api/v1/changes', change)
}

/** One diagnosis on the data of `asOf` (unix milliseconds). A run that then waits for people is cancelled. @throws Error without a report. */
export async function diagnose(api: Api, { asked, asOf }: { asked: Asked; asOf: number }): Promise<Answer> {
  const { symptom, ...subject } = asked
  const body = { subject, at: new Date(asOf).toISOString(), ...(symptom === undefined ? {} : { symptom }) }
  const { runId: id, runbook } = started.parse(await call(api, '/api/v1/diagnoses', body))
  const deadline = Date.now() + PATIENCE_MS
  for (;;) {
    const state = run.parse(await call(api, `/api/v1/runs/${id}`))
    if (state.report && state.concludedAt)
      return {
        runbook,
        ...answerOf({ ...state, report: state.report, concludedAt: state.concludedAt }, await evidenceTimes(api, id)),
      }
    if (state.status !== 'running') throw new Error(`run ${id} ${state.status} without a report`)
    if (Date.now() > deadline) throw new Error(`run ${id} had no report within ${PATIENCE_MS / 1000} s`)
    await sleep(200)
  }
}

type Concluded = z.infer<typeof run> & { report: NonNullable<z.infer<typeof run>['report']>; concludedAt: string }

function answerOf({ startedAt, concludedAt, report }: Concluded, evidenceAt: string[]): Omit<Answer, 'runbook'> {
  const seconds = (at: string): number => (Date.parse(at) - Date.parse(startedAt)) / 1000
  const firsts = evidenceAt.map(seconds)
  return {
    verdict: report.verdict.value,
    cause: report.cause,
    conclusion: report.conclusion,
    conclusionSeconds: seconds(concludedAt),
    firstEvidenceSeconds: firsts.length === 0 ? null : Math.min(...firsts),
  }
}

/** When each step that brought evidence ended. */
async function evidenceTimes({ databaseUrl }: Api, runId: string): Promise<string[]> {
  const db = openDatabase(databaseUrl, { connections: 1 })
  try {
    const steps = await db.runs.steps(runId)
    return steps.flatMap(({ evidence, endedAt }) => (evidence.length > 0 && endedAt ? [endedAt] : []))
  } finally {
    await db.close()
  }
}

async function call({ url, token }: Api, path: string, body?: unknown): Promise<unknown> {
  const response = await fetch(`${url}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
    signal: AbortSignal.timeout(PATIENCE_MS),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${text.slice(0, 300)}`)
  return text === '' ? null : JSON.parse(text)
}
