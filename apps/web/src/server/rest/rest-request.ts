/** A request, whatever it came in by; the web server makes it of Node's own (node-http.ts). */
export interface RestRequest {
  method: string
  /** Without the query, still escaped. */
  path: string
  query: URLSearchParams
  /** @param name in lower case. */
  header(name: string): string | undefined
  /** All headers, names in lower case. */
  headers(): Record<string, string>
  /** Reads the body once. @throws ApiError `body-too-large`. */
  body(limit: number): Promise<Buffer>
  /** Aborted when the caller has gone. */
  signal: AbortSignal
  /** Names it in answers and in the log. */
  id: string
  /** Of the caller, as the socket tells it. */
  address: string
}
