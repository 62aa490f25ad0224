import { NodeError } from '../node-error.ts'

/**
 * The input `since` of a judging node.
 *
 * @returns unix milliseconds; null when it is empty.
 * @throws NodeError `bad-input` when it is no time.
 */
export function sinceOf(since: string | null): number | null {
  if (since === null || since === '') return null
  const at = Date.parse(since)
  if (Number.isFinite(at)) return at
  throw new NodeError('bad-input', `"${since}" is not a time.`, { fix: sinceFix })
}

export const sinceFix = 'Give `since` as ISO 8601, e.g. 2026-03-04T12:30:00Z, or leave it empty.'
