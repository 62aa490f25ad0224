/** The campaign's actuators: real processes that are killed, stopped and started again while their work goes on elsewhere. */
import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Chance } from './chance.ts'
import { jobAnswer, type Job, type JobAnswer } from './job.ts'

type Ended = Extract<JobAnswer, { kind: 'ended' }>

export interface Crew {
  /** Has a job done by one of them, as a durable engine would: who is dead or silent loses it to another. `twice` gives it to two at once. */
  carryOut(make: (job: number) => Job, twice: boolean): Promise<Ended>
  /** Whether one was killed. */
  kill(): boolean
  /** Stops one for longer than its jobs are waited for, then lets it go on. Whether one was stopped. */
  pause(milliseconds: number): boolean
  /** Jobs that were given to another. */
  readonly handedOver: () => number
  close(): Promise<void>
}

const silentAfterMs = 6000

export async function startCrew(
  of: { databaseUrl: string; address: string; size: number; skew: (seat: number) => number },
  chance: Chance,
): Promise<Crew> {
  const seats: { child: ChildProcess; ready: boolean; paused: boolean }[] = []
  const waiting = new Map<number, (answer: JobAnswer | null) => void>()
  const heldBy = new Map<number, ChildProcess>()
  let jobs = 0
  let handedOver = 0
  let closing = false

  function seat(index: number): void {
    const env = { ...process.env, TENON_SKEW_MS: String(of.skew(index)) }
    const child = fork(fileURLToPath(new URL('actuator.ts', import.meta.url)), [of.databaseUrl, of.address], {
      env,
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
    const mine = { child, ready: false, paused: false }
    seats[index] = mine
    child.on('message', (message) => {
      const answer = jobAnswer.parse(message)
      if (answer.kind === 'ready') mine.ready = true
      else waiting.get(answer.job)?.(answer)
    })
    child.on('error', () => undefined)
    child.on('exit', () => {
      for (const [job, holder] of heldBy) if (holder === child) waiting.get(job)?.(null)
      if (!closing) seat(index)
    })
  }

  /** Null: who had it is dead, or says nothing. */
  async function once(make: (job: number) => Job): Promise<JobAnswer | null> {
    const free = seats.filter(({ ready, child }) => ready && child.connected)
    const chosen = free[chance.below(free.length)]
    if (!chosen) return null
    const job = (jobs += 1)
    let timer: NodeJS.Timeout | undefined
    try {
      return await new Promise<JobAnswer | null>((resolve) => {
        waiting.set(job, resolve)
        heldBy.set(job, chosen.child)
        timer = setTimeout(() => resolve(null), silentAfterMs)
        chosen.child.send(make(job), (error) => {
          if (error) resolve(null)
        })
      })
    } finally {
      clearTimeout(timer)
      waiting.delete(job)
      heldBy.delete(job)
    }
  }

  async function untilEnded(make: (job: number) => Job): Promise<Ended> {
    const until = Date.now() + 180_000
    let last = 'no answer'
    while (Date.now() < until) {
      const answer = await once(make)
      if (answer?.kind === 'ended') return answer
      if (answer === null) handedOver += 1
      if (answer?.kind === 'failed') last = `${answer.code}: ${answer.message}`
      await new Promise((resolve) => setTimeout(resolve, 200 + chance.below(200)))
    }
    throw new Error(`A job did not end within 180 s: ${last}`)
  }

  for (let index = 0; index < of.size; index += 1) seat(index)
  return {
    async carryOut(make, twice) {
      const [first] = await Promise.all([untilEnded(make), ...(twice ? [untilEnded(make)] : [])])
      return first
    },
    kill() {
      // On a busy machine they start more slowly than they are killed: one that works is always left.
      const working = seats.filter(({ ready, paused, child }) => ready && !paused && child.connected)
      if (working.length < 2) return false
      return working[chance.below(working.length)]?.child.kill('SIGKILL') ?? false
    },
    pause(milliseconds) {
      const one = seats[chance.below(seats.length)]
      if (!one || one.paused || !one.ready || !one.child.connected) return false
      one.paused = true
      one.child.kill('SIGSTOP')
      setTimeout(() => {
        one.child.kill('SIGCONT')
        one.paused = false
      }, milliseconds)
      return true
    },
    handedOver: () => handedOver,
    async close() {
      closing = true
      await Promise.all(
        seats.map(
          ({ child }) =>
            new Promise<void>((resolve) => {
              if (child.exitCode !== null || child.signalCode !== null) return resolve()
              child.once('exit', () => resolve())
              child.kill('SIGKILL')
            }),
        ),
      )
    },
  }
}
