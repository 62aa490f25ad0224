/** How an operation is called; the generated methods carry one each. */
export interface Route {
  method: string
  /** `/api/v1/runs/{id}` */
  path: string
  query: readonly string[]
  /** Header names by argument. */
  headers: Readonly<Record<string, string>>
  /** Media type of the body; without one there is no body. `application/json` is written from the argument `body`. */
  body?: string
  /** The answer is text and not JSON. */
  text?: boolean
  /** The answer may also be a file: text, or bytes, as its media type says. */
  files?: boolean
}

export interface CallOptions {
  signal?: AbortSignal
}

/** Makes a call; resolves to the answer's body. @throws TenonError. */
export type Call = (route: Route, args: object, options?: CallOptions) => Promise<unknown>
