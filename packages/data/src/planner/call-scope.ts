/**
 * For whom a source works just now: which run, until when it waits, and what the question has cost so far. It travels beside the call,
 * so that sources need not hand it on.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { RunScope } from './run-scope.ts'

export interface CallScope {
  scope: RunScope | null
  signal: AbortSignal | null
  cost: QueryCost
}

/** What a query took of its sources. */
export interface QueryCost {
  points: number
  series: number
  /** Of the sources' time, all requests together; nothing for what was shared. */
  seconds: number
  /** Requests that were sent, and those whose answer was there or on its way already. */
  fetched: number
  shared: number
}

const calls = new AsyncLocalStorage<CallScope>()

export const withinCall = <T>(call: CallScope, work: () => Promise<T>): Promise<T> => calls.run(call, work)

/** Null outside of any, e.g. when a connection is tested. */
export const currentCall = (): CallScope | null => calls.getStore() ?? null

export const noCost = (): QueryCost => ({ points: 0, series: 0, seconds: 0, fetched: 0, shared: 0 })
