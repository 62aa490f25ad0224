import { createCall } from './create-call.ts'
import { createMethods } from './generated/tenon-api.ts'

export interface ClientOptions {
  /** Where Tenon is: `https://tenon.example.com`. */
  url: string
  /** An API token; only health and the documents are answered without. */
  token?: string
  /** Waits and calls again when the rate is used up; true without it. */
  retryLimited?: boolean
  /** The platform's own without it. */
  fetch?: typeof fetch
}

/** Every operation of the REST API as a method. */
export type TenonClient = ReturnType<typeof createMethods>

/**
 * A client of a Tenon server, for Node and browsers.
 * @example
 * const tenon = createTenonClient({ url: 'http://127.0.0.1:3000', token: process.env.TENON_TOKEN })
 * const run = await tenon.startRun({ name: 'payment-drop', wait: '30s', body: { params: { chain: 'card-payment' } } })
 * console.log(run.verdict, run.conclusion)
 * @throws TenonError from every method.
 */
export function createTenonClient(options: ClientOptions): TenonClient {
  return createMethods(
    createCall({
      url: options.url,
      token: options.token,
      fetch: options.fetch ?? globalThis.fetch.bind(globalThis),
      retryLimited: options.retryLimited ?? true,
    }),
  )
}
