/** One line of the doctor. */
export interface Finding {
  part: string
  /** `missing` stops `npm start`, or is a running part that does not answer; `optional` only lessens it. */
  status: 'found' | 'missing' | 'optional'
  /** Version or state. */
  found: string
  where: string
  fix: string | null
}
