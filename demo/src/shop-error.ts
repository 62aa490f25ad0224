/** What can go wrong in the shop itself (its planned faults are not errors). */
export type ShopErrorCode =
  | 'bad-setting'
  | 'bad-state'
  | 'store-unreachable'
  | 'store-refused'
  | 'edge-not-ready'
  | 'haproxy-missing'
  | 'shop-not-running'
  | 'unknown-fault'

/** An error with a stable code and what to do about it. */
export class ShopError extends Error {
  readonly code: ShopErrorCode
  readonly fix: string

  constructor(code: ShopErrorCode, message: string, options: { fix: string; cause?: unknown }) {
    super(message, { cause: options.cause })
    this.name = 'ShopError'
    this.code = code
    this.fix = options.fix
  }
}
