/** A node cannot do its work with what it was given: says which thing, and what to do. */
export class NodeError extends Error {
  override readonly name = 'NodeError'
  readonly code: 'unknown-chain' | 'unknown-entity' | 'unknown-measure' | 'bad-input'
  readonly fix: string
  readonly retryable = false

  constructor(code: NodeError['code'], message: string, options: { fix: string }) {
    super(message)
    this.code = code
    this.fix = options.fix
  }
}
