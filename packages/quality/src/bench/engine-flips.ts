/** Publishing and rolling back while callers go on: how long until a run shows it, and whether any call failed or was stale. */
import { callRunbook } from './engine-load.ts'
import { marked } from './engine-runbooks.ts'
import type { EngineWorld } from './engine-world.ts'
import { percentile } from './percentile.ts'

const name = 'flipped'
const callers = 4
/** Calls after a flip, each of which should show it. */
const patience = 50

interface Flip {
  mark: string
  sentAt: number
  ackedAt: number
}

interface Call {
  from: number
  to: number
  mark: string
}

export interface FlipResult {
  publishMs: number[]
  rollbackMs: number[]
  failed: string[]
  stale: number
  calls: number
}

/** @param flips publishes and rollbacks in all. */
export async function measureFlips(world: EngineWorld, flips: number): Promise<FlipResult> {
  const history: Flip[] = []
  const calls: Call[] = []
  const result: FlipResult = { publishMs: [], rollbackMs: [], failed: [], stale: 0, calls: 0 }

  async function call(): Promise<string | null> {
    const from = performance.now()
    try {
      const { run } = await callRunbook(world, name)
      const mark = (run.conclusion ?? '').split(':')[0] ?? ''
      calls.push({ from, to: performance.now(), mark })
      return mark
    } catch (error) {
      result.failed.push(error instanceof Error ? error.message : String(error))
      return null
    }
  }

  /** @returns milliseconds from the request to the answer of the first run that shows it. */
  async function flip(mark: string, send: () => Promise<unknown>): Promise<number> {
    const one: Flip = { mark, sentAt: performance.now(), ackedAt: Infinity }
    history.push(one)
    await send()
    one.ackedAt = performance.now()
    for (let tries = 0; tries < patience; tries += 1) {
      if ((await call()) === mark) return performance.now() - one.sentAt
    }
    throw new Error(`${mark} was live and not shown in ${patience} calls`)
  }

  async function rollback(version: number): Promise<void> {
    const { status, body } = await world.client.call('POST', `/api/v1/runbooks/${name}/rollback`, { version })
    if (status !== 200) throw new Error(`A rollback answered ${status}: ${JSON.stringify(body).slice(0, 300)}`)
  }

  const first = await world.put(name, marked(name, 'v0'))
  history.push({ mark: 'v0', sentAt: 0, ackedAt: 0 })
  await call()
  let going = true
  const load = Promise.all(
    Array.from({ length: callers }, async () => {
      while (going) await call()
    }),
  )
  try {
    for (let index = 1; index <= flips / 2; index += 1) {
      const mark = `v${index}`
      const revision = await world.save(name, marked(name, mark))
      result.publishMs.push(await flip(mark, () => world.publish(name, revision)))
      result.rollbackMs.push(await flip('v0', () => rollback(first)))
    }
  } finally {
    going = false
    await load
  }
  result.calls = calls.length
  result.stale = calls.filter((one) => isStale(one, history)).length
  return result
}

/** A call may show what was live at its beginning, or what was being made live until its end. */
function isStale({ from, to, mark }: Call, history: Flip[]): boolean {
  return !history.some(
    (flip, index) =>
      flip.mark === mark && flip.sentAt < to && !history.slice(index + 1).some(({ ackedAt }) => ackedAt < from),
  )
}

export const p95 = (values: number[]): number | null => percentile(values, 0.95)
