/** What the model or a source refuses, in words that can be shown. Callers translate `code`. */
export class DataError extends Error {
  override readonly name = 'DataError'
  readonly code: DataErrorCode
  /** What to do about it. */
  readonly fix: string
  /** Whether the same call may succeed later. */
  readonly retryable: boolean

  constructor(code: DataErrorCode, message: string, options: { fix: string; retryable?: boolean; cause?: unknown }) {
    super(message, { cause: options.cause })
    this.code = code
    this.fix = options.fix
    this.retryable = options.retryable ?? (code === 'source-unreachable' || code === 'source-busy')
  }
}

export type DataErrorCode =
  /** A model file cannot be read, or what it says does not fit together. */
  | 'bad-model'
  | 'unknown-measure'
  | 'unknown-dimension'
  | 'unknown-entity'
  /** A part of a generated SDK. */
  | 'unknown-domain'
  /** The table's source is not among the connections. */
  | 'unknown-source'
  /** Times, steps or filters that make no sense. */
  | 'bad-query'
  /** No answer in time. Retrying later may help. */
  | 'source-unreachable'
  /** The source answered, but refused the query or gave something that is no answer. */
  | 'source-refused'
  /** The source is left alone after failures, or too many questions wait for it. Retrying later may help. */
  | 'source-busy'
  /** The run has read as much as one run may. */
  | 'budget-spent'
  /** More points, series or bytes than one query may have. */
  | 'query-too-large'
