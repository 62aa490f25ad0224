/** A version on its way into an environment. */
export interface Move {
  version: number
  environment: string
}
