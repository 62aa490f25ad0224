/** Calls a runbook and times it. */
import * as z from 'zod'
import type { EngineWorld } from './engine-world.ts'
import { percentile } from './percentile.ts'

const ended = z.object({
  id: z.string(),
  status: z.string(),
  version: z.number().nullable(),
  conclusion: z.string().nullable(),
})
export type EndedRun = z.infer<typeof ended>

export interface TimedRun {
  run: EndedRun
  /** From the call to its answer. */
  milliseconds: number
  /** Of it, while the target was being asked. */
  targetMs: number
}

/** One call that waits for its answer. @throws Error for any answer but a run that ended. */
export async function callRunbook(world: EngineWorld, name: string, body: object = {}): Promise<TimedRun> {
  const from = performance.now()
  const answer = await world.client.call('POST', `/api/v1/runbooks/${name}/runs?wait=30`, body)
  const to = performance.now()
  const parsed = ended.safeParse(answer.body)
  if (answer.status !== 200 || !parsed.success || parsed.data.status !== 'succeeded') {
    throw new Error(`${name} answered ${answer.status}: ${JSON.stringify(answer.body).slice(0, 300)}`)
  }
  return { run: parsed.data, milliseconds: to - from, targetMs: world.target.busyMs(from, to) }
}

/** One after the other. */
export async function inTurn(world: EngineWorld, name: string, count: number): Promise<TimedRun[]> {
  const runs: TimedRun[] = []
  for (let index = 0; index < count; index += 1) runs.push(await callRunbook(world, name))
  return runs
}

/** So many callers for so long, each calling again as soon as it has its answer. @returns runs a second. */
export async function runsPerSecond(
  world: EngineWorld,
  name: string,
  { callers, seconds }: { callers: number; seconds: number },
): Promise<number> {
  const began = performance.now()
  const until = began + seconds * 1000
  let count = 0
  await Promise.all(
    Array.from({ length: callers }, async () => {
      while (performance.now() < until) {
        await callRunbook(world, name)
        count += 1
      }
    }),
  )
  return count / ((performance.now() - began) / 1000)
}

/** The median of three measurements; null when one of them gave nothing. */
export async function medianOf3(
  measure: (round: number) => Promise<Record<string, number | null>>,
): Promise<Record<string, number | null>> {
  const rounds = [await measure(1), await measure(2), await measure(3)]
  const names = Object.keys(rounds[0] ?? {})
  return Object.fromEntries(
    names.map((name) => {
      const values = rounds.map((round) => round[name] ?? null)
      return [name, values.every((value) => value !== null) ? percentile(values, 0.5) : null]
    }),
  )
}
