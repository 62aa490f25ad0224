/** The package has no types of its own. */
declare module 'snappyjs' {
  /** Snappy's block format, whole. */
  export function compress(input: Uint8Array): Uint8Array
}
