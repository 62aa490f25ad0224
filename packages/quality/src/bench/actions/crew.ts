/** The campaign's actuators: real processes that are killed, stopped and started again while their work goes on elsewhere. */
import { fork, type ChildProcess } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Chance } from './chance.ts'
import { jobAnswer, type Job, type JobAnswer } from './job.ts'

export type Outcome =
  | Extract<JobAnswer, { kind: 'ended' }>
  /** It was tried for minutes; `why` is what the last tries said. */
  | { kind: 'never-ended'; why: string }

export interface Crew {
  /**
   * Has a job done by one of them, as a durable engine would: who is dead or silent loses it to another, and each try waits longer than the one before.
   * `twice` gives it to two at once.
   */
  carryOut(make: (job: number) => Job, twice: boolean): Promise<Outcome>
  /** Whether one was killed. */
  kill(): boolean
  /** Stops one for longer than its jobs are waited for, then lets it go on. Whether one was stopped. */
  pause(): boolean
  /** Jobs that were given to another. */
  readonly handedOver: () => number
  /** What processes wrote to standard error before they ended by themselves: that is no fault of the campaign's. */
  readonly crashes: readonly string[]
  close(): Promise<void>
}

const silentAfterMs = 10_000
/** Longer than its jobs are waited for. */
const pausedMs = 13_000
const giveUpMs = 180_000
const errorsKept = 2000
/** A process that takes the place of a killed one starts in half the time when its code was compiled before. */
const compiled = join(tmpdir(), 'tenon-campaign-code')

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
  const crashes: string[] = []

  function seat(index: number): void {
    const env = { ...process.env, TENON_SKEW_MS: String(of.skew(index)), NODE_COMPILE_CACHE: compiled }
    const child = fork(fileURLToPath(new URL('actuator.ts', import.meta.url)), [of.databaseUrl, of.address], {
      env,
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      // A session of its own, as a service has: the kernel shares the processors by sessions. It ends when the campaign does.
      detached: true,
    })
    let errors = ''
    child.stderr?.on('data', (text) => (errors = `${errors}${String(text)}`.slice(-errorsKept)))
    const mine = { child, ready: false, paused: false }
    seats[index] = mine
    child.on('message', (message) => {
      const answer = jobAnswer.parse(message)
      if (answer.kind === 'ready') mine.ready = true
      else waiting.get(answer.job)?.(answer)
    })
    child.on('error', () => undefined)
    child.on('exit', (code) => {
      if (code !== null && !closing) crashes.push(`It ended with ${code}: ${errors}`)
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

  async function untilEnded(make: (job: number) => Job): Promise<Outcome> {
    const until = performance.now() + giveUpMs
    const said: string[] = []
    for (let tries = 0; performance.now() < until; tries += 1) {
      const answer = await once(make)
      if (answer?.kind === 'ended') return answer
      if (answer === null) handedOver += 1
      said.push(answer?.kind === 'failed' ? `${answer.code}: ${answer.message}` : 'no answer')
      const longest = Math.min(500 * 1.5 ** tries, 5000)
      await new Promise((resolve) => setTimeout(resolve, longest / 2 + chance.below(longest / 2)))
    }
    return { kind: 'never-ended', why: `${said.length} tries; ${said.slice(-3).join('; ')}` }
  }

  for (let index = 0; index < of.size; index += 1) seat(index)
  return {
    async carryOut(make, twice) {
      const [first] = await Promise.all([untilEnded(make), ...(twice ? [untilEnded(make)] : [])])
      return first
    },
    kill() {
      // On a busy machine they start more slowly than they are killed: half of them are always left, or nothing but starting would be done.
      const working = seats.filter(({ ready, paused, child }) => ready && !paused && child.connected)
      if (working.length <= of.size / 2) return false
      return working[chance.below(working.length)]?.child.kill('SIGKILL') ?? false
    },
    pause() {
      const one = seats[chance.below(seats.length)]
      if (!one || one.paused || !one.ready || !one.child.connected) return false
      one.paused = true
      one.child.kill('SIGSTOP')
      setTimeout(() => {
        one.child.kill('SIGCONT')
        one.paused = false
      }, pausedMs)
      return true
    },
    handedOver: () => handedOver,
    crashes,
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
