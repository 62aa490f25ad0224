/**
 * The planner's way to a source. Identical questions are sent once and their answers shared for a while, also between runs; a few run
 * at a source at a time, in turns by run; a source that fails is left alone for a growing time; a run that has read too much is refused.
 *
 * Each source has its own gate and back-off, so that one that hangs delays nobody who asks another.
 */
import { DataError } from '../data-error.ts'
import type { SharedFetch, SharedQuestion } from '../sources/source.ts'
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
  drop(): void
}

interface SourceState {
  gate: Gate
  circuit: Circuit
  /** Until then each question goes alone: together they took long, and the slowest would delay all. */
  aloneUntil: number
}

/** One for a process. */
export function createPlanner(limits: Partial<PlannerLimits> = {}, clock: PlannerClock = systemClock): Planner {
  const { cache: keep, gate, circuit, questionMilliseconds } = { ...plannerLimits, ...limits }
  const cache = createAnswerCache(keep, clock)
  const flights = new Map<string, Flight>()
  const states = new Map<string, SourceState>()
  /** Questions that go together, by group; and each of them until it is sent. */
  const gathering = new Map<string, Gathered[]>()
  const departing = new Map<string, Promise<Flight>>()

  function stateOf(identity: string): SourceState {
    let state = states.get(identity)
    if (!state) {
      state = { gate: createGate(gate), circuit: createCircuit(circuit, clock.now), aloneUntil: -Infinity }
      states.set(identity, state)
    }
    return state
  }

  /** One request; its answers are those of the questions, in their order. */
  function launch(questions: readonly Asked[], { run, name, state, send }: Launch): Flight[] {
    const drop = new AbortController()
    let milliseconds = 0
    const work = async (): Promise<PromiseSettledResult<unknown>[]> => {
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
        const answers = await sent.answer
        const failure = answers.find((one) => one.status === 'rejected' && !isRefusal(one.reason))
        begun.end(failure?.status === 'rejected' ? { failed: failure.reason } : 'answered')
        return answers
      } catch (error) {
        begun.end(drop.signal.aborted ? 'none' : isRefusal(error) ? 'answered' : { failed: error })
        throw error
      } finally {
        const took = clock.now() - began
        milliseconds = took / questions.length
        if (questions.length > 1 && took > slowMilliseconds) state.aloneUntil = clock.now() + aloneMilliseconds
      }
    }
    const all = work()
    let left = questions.length
    return questions.map(({ key, until }, index) => {
      const answer = all
        .then((answers) => {
          const own = answers[index]
          if (own?.status !== 'fulfilled') throw own?.reason ?? new Error(`"${name}" left a question out.`)
          cache.put(key, own.value, until)
          return own.value
        })
        .finally(() => {
          if (flights.get(key) === flight) flights.delete(key)
        })
      // Its askers hear of it; when all have gone, nobody does.
      answer.catch(() => {})
      const flight: Flight = {
        answer,
        seconds: () => milliseconds / 1000,
        waiting: 0,
        drop() {
          if (flights.get(key) === flight) flights.delete(key)
          left -= 1
          if (left === 0) drop.abort(nobodyWaits)
        },
      }
      flights.set(key, flight)
      return flight
    })
  }

  /** Waits until all who ask at this moment have asked. */
  function gather(question: Asked, group: string, { size, ...means }: Launch & { size: number }): Promise<Flight> {
    return new Promise((resolve) => {
      const one = { question, size, resolve }
      const waiting = gathering.get(group)
      if (waiting) {
        waiting.push(one)
        return
      }
      const questions = [one]
      gathering.set(group, questions)
      setImmediate(() => {
        gathering.delete(group)
        for (const part of partsOf(questions, gate.concurrency)) {
          const keys = part.map(({ question: { key } }) => ({ key }))
          const flown = launch(
            part.map((each) => each.question),
            { ...means, send: (signal) => means.send(signal, keys) },
          )
          for (const [index, each] of part.entries()) each.resolve(flown[index]!)
        }
      })
    })
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
          const { flight, isNew } = await flightOf(question, send, { key, run: run?.id ?? '', name, identity })
          isShared = !isNew
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

  async function flightOf<T>(
    { key: asked, together, ...question }: SharedQuestion<T>,
    send: (signal: AbortSignal) => Promise<T>,
    { key, run, name, identity }: { key: string; run: string; name: string; identity: string },
  ): Promise<{ flight: Flight; isNew: boolean }> {
    const inTheAir = flights.get(key)
    if (inTheAir) return { flight: inTheAir, isNew: false }
    const state = stateOf(identity)
    const until = question.until ?? null
    if (!together || clock.now() < state.aloneUntil) {
      const alone = async (signal: AbortSignal): Promise<PromiseSettledResult<T>[]> => [
        { status: 'fulfilled', value: await send(signal) },
      ]
      return { flight: launch([{ key, until }], { run, name, state, send: alone })[0]!, isNew: true }
    }
    const soon = departing.get(key)
    if (soon) return { flight: await soon, isNew: false }
    const departure = gather({ key, until }, `${identity}\n${run}\n${together.group}`, {
      run,
      name,
      state,
      size: together.size,
      send: (signal, keys = [{ key: asked }]) =>
        together.send(
          keys.map((one) => ({ key: one.key.slice(identity.length + 1) })),
          signal,
        ),
    })
    departing.set(key, departure)
    const flight = await departure
    departing.delete(key)
    return { flight, isNew: true }
  }

  function joined(flight: Flight, signal: AbortSignal | null): Promise<unknown> {
    flight.waiting += 1
    if (!signal) return flight.answer
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        flight.waiting -= 1
        if (flight.waiting === 0) flight.drop()
        reject(signal.reason)
      }
      if (signal.aborted) return stop()
      signal.addEventListener('abort', stop, { once: true })
      flight.answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
    })
  }
}

const nobodyWaits = new DataError('bad-query', 'Nobody waits for it any more.', { fix: 'Ask again.' })

interface Gathered {
  question: Asked
  size: number
  resolve(flight: Flight): void
}

/**
 * Requests of at most the size 1, that take half of the places: who asks for values asks for something else at the same moment. No fewer,
 * since a source may compute the parts of one request one after another, and a few questions in each, since they also end together.
 */
function partsOf(questions: readonly Gathered[], concurrency: number): Gathered[][] {
  const most = Math.min(mostTogether, Math.ceil((2 * questions.length) / concurrency))
  const parts: Gathered[][] = []
  let room = 0
  for (const one of questions) {
    const last = parts.at(-1)
    if (last && last.length < most && one.size <= room) last.push(one)
    else {
      parts.push([one])
      room = 1
    }
    room -= one.size
  }
  return parts
}

const mostTogether = 10
/** A request of several questions that takes longer is not worth it. */
const slowMilliseconds = 1_000
const aloneMilliseconds = 300_000

interface Asked {
  key: string
  until: number | null
}

interface Launch {
  run: string
  name: string
  state: SourceState
  send(signal: AbortSignal, questions?: readonly { key: string }[]): Promise<PromiseSettledResult<unknown>[]>
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
): { answer: Promise<PromiseSettledResult<unknown>[]>; settled: Promise<void> } {
  const late = new AbortController()
  const signal = AbortSignal.any([drop, late.signal])
  const given = Promise.resolve().then(() => send(signal))
  const answer = new Promise<PromiseSettledResult<unknown>[]>((resolve, reject) => {
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
