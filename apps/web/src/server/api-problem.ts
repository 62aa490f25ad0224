export type HttpStatus = 400 | 401 | 403 | 404 | 405 | 409 | 413 | 415 | 421 | 422 | 429 | 500 | 502 | 503

/** What went wrong, in words that can be shown. */
export interface ApiProblem {
  status: HttpStatus
  code: string
  message: string
  /** What to do next. */
  fix: string
  /** Facts to go on with, e.g. a document's problems or the newer draft. */
  detail?: unknown
}
