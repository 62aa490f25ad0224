/**
 * The planner's way to a source. Identical questions are sent once and their answers shared for a while, also between runs; a few run
 * at a source at a time, in turns by run; a source that fails is left alone for a growing time; a run that has read too much is refused.
 *
 * Each source has its own gate and back-off, so that one that hangs delays nobody who asks another.
 */
import { DataError } from '../data-error.ts'
import type { SharedFetch } from '../source.ts'
import { cacheLimits, createAnswerCache, type CacheLimits } from './answer-cache.ts'
import { currentCall } from './call-scope.ts'
import { circuitLimits, createCircuit, type Circuit, type CircuitLimits, type LeftAlone } from './circuit.ts'
import { createGate, GateBusy, gateLimits, type Gate, type GateLimits } from './fair-gate.ts'

export interface PlannerLimits {
  cache: CacheLimits
  gate: GateLimits
  circuit: CircuitLimits
  /** Then a question is given up, whatever the source does; sources have shorter limits of their own. */
  questionMilliseconds: number
}

export const plannerLimits: PlannerLimits = {
  cache: cacheLimits,
  gate: gateLimits,
  circuit: circuitLimits,
  questionMilliseconds: 120_000,
}

export interface Planner {
  /**
   * @param name as people know the source
   * @param identity what tells its answers from those of others: address, kind and secret; never shown
   */
  fetchFor(name: string, identity: string): SharedFetch
  /** What is kept now. */
  held(): { entries: number; bytes: number }
}

/** Times of the process, ms that only grow; and of the day, unix ms. */
export interface PlannerClock {
  now(): number
  date(): number
}

const systemClock: PlannerClock = { now: () => performance.now(), date: () => Date.now() }

interface Flight {
  answer: Promise<unknown>
  /** Of the source's time, once it has answered. */
  seconds(): number
  waiting: number
  /** Nobody waits for it any more. */
  drop: AbortController
}

interface SourceState {
  gate: Gate
  circuit: Circuit
}

/** One for a process. */
export function createPlanner(limits: Partial<PlannerLimits> = {}, clock: PlannerClock = systemClock): Planner {
  const { cache: keep, gate, circuit, questionMilliseconds } = { ...plannerLimits, ...limits }
  const cache = createAnswerCache(keep, clock)
  const flights = new Map<string, Flight>()
  const states = new Map<string, SourceState>()

  function stateOf(identity: string): SourceState {
    let state = states.get(identity)
    if (!state) states.set(identity, (state = { gate: createGate(gate), circuit: createCircuit(circuit, clock.now) }))
    return state
  }

  function launch(key: string, { run, name, state, until, send }: Launch): Flight {
    const drop = new AbortController()
    let milliseconds = 0
    const work = async (): Promise<unknown> => {
      const leave = await enter(state, { run, name, signal: drop.signal })
      const began = clock.now()
      const begun = state.circuit.begin()
      if (!begun.admitted) {
        leave()
        throw leftAlone(name, begun, clock.date())
      }
      const sent = sendWithin(send, { drop: drop.signal, name, milliseconds: questionMilliseconds })
      // The place is taken until the source is done with it, not until the asker has given up.
      void sent.settled.then(leave)
      try {
        const answer = await sent.answer
        milliseconds = clock.now() - began
        begun.end('answered')
        cache.put(key, answer, until)
        return answer
      } catch (error) {
        begun.end(drop.signal.aborted ? 'none' : isRefusal(error) ? 'answered' : { failed: error })
        throw error
      }
    }
    const answer = work().finally(() => {
      if (flights.get(key) === flight) flights.delete(key)
    })
    // Its askers hear of it; when all have gone, nobody does.
    answer.catch(() => {})
    const flight: Flight = { answer, seconds: () => milliseconds / 1000, waiting: 0, drop }
    flights.set(key, flight)
    return flight
  }

  return {
    held: () => cache.held(),
    fetchFor(name, identity) {
      return async (question, send) => {
        const call = currentCall()
        const run = call?.scope ?? null
        call?.signal?.throwIfAborted()
        run?.admit(name)
        const key = `${identity}\n${question.key}`
        const kept = cache.get(key)
        let seconds = 0
        let answer = kept?.answer
        let isShared = true
        if (kept === null) {
          const inTheAir = flights.get(key)
          const state = stateOf(identity)
          const until = question.until ?? null
          const flight = inTheAir ?? launch(key, { run: run?.id ?? '', name, state, until, send })
          isShared = inTheAir !== undefined
          answer = await joined(flight, call?.signal ?? null)
          seconds = isShared ? 0 : flight.seconds()
        }
        // Only what was answered to this very question is kept under its key.
        const given = answer as Awaited<ReturnType<typeof send>>
        const cost = { ...(question.cost?.(given) ?? { points: 0, series: 0 }), seconds }
        if (call) {
          call.cost.points += cost.points
          call.cost.series += cost.series
          call.cost.seconds += seconds
          if (isShared) call.cost.shared += 1
          else call.cost.fetched += 1
        }
        run?.charge(name, cost)
        return given
      }
    },
  }

  function joined(flight: Flight, signal: AbortSignal | null): Promise<unknown> {
    flight.waiting += 1
    const gone = (): void => {
      flight.waiting -= 1
      if (flight.waiting > 0) return
      for (const [key, one] of flights) if (one === flight) flights.delete(key)
      flight.drop.abort(new DataError('bad-query', 'Nobody waits for it any more.', { fix: 'Ask again.' }))
    }
    if (!signal) return flight.answer
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        gone()
        reject(signal.reason)
      }
      signal.addEventListener('abort', stop, { once: true })
      flight.answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
    })
  }
}

interface Launch {
  run: string
  name: string
  state: SourceState
  until: number | null
  send(signal: AbortSignal): Promise<unknown>
}

async function enter(
  { gate }: SourceState,
  { run, name, signal }: { run: string; name: string; signal: AbortSignal },
): Promise<() => void> {
  try {
    return await gate.enter(run, signal)
  } catch (error) {
    if (!(error instanceof GateBusy)) throw error
    throw new DataError('source-busy', `"${name}" has too much to do: ${error.message}.`, {
      fix: 'Try again in a moment. If it stays, ask for less at a time, or look at the source.',
      cause: error,
    })
  }
}

/** A source that never answers is given up; `settled` is when it is really done, at most as long again after. */
function sendWithin(
  send: Launch['send'],
  { drop, name, milliseconds }: { drop: AbortSignal; name: string; milliseconds: number },
): { answer: Promise<unknown>; settled: Promise<void> } {
  const late = new AbortController()
  const signal = AbortSignal.any([drop, late.signal])
  const given = Promise.resolve().then(() => send(signal))
  const answer = new Promise<unknown>((resolve, reject) => {
    const timer = setTimeout(() => late.abort(tooLate(name, milliseconds)), milliseconds)
    const stop = (): void => reject(signal.reason)
    signal.addEventListener('abort', stop, { once: true })
    given.then(resolve, reject).finally(() => {
      clearTimeout(timer)
      signal.removeEventListener('abort', stop)
    })
  })
  const settled = new Promise<void>((resolve) => {
    given.then(
      () => resolve(),
      () => resolve(),
    )
    // It does not heed that it was given up. Its place cannot be kept for ever.
    signal.addEventListener('abort', () => setTimeout(resolve, milliseconds).unref(), { once: true })
  })
  return { answer, settled }
}

/** The source is there and has refused what was asked: nothing to leave it alone for. */
const isRefusal = (error: unknown): boolean => error instanceof DataError && !error.retryable

const tooLate = (name: string, milliseconds: number): DataError =>
  new DataError('source-unreachable', `"${name}" did not answer within ${milliseconds / 1000} s.`, {
    fix: 'Ask for a shorter time or fewer groups, and check that the source runs.',
  })

function leftAlone(name: string, { milliseconds, failures, last }: LeftAlone, date: number): DataError {
  const times = failures === 1 ? 'once' : `${failures} times in a row`
  const until =
    milliseconds > 0
      ? `until ${new Date(date + milliseconds).toISOString().slice(11, 19)} UTC`
      : 'until the one question that tries it now is answered'
  const why = last instanceof DataError ? ` The last time: ${last.message}` : ''
  return new DataError('source-busy', `"${name}" failed ${times} and is left alone ${until}.${why}`, {
    fix: 'Check that it runs. It is tried again by itself.',
    cause: last,
  })
}
