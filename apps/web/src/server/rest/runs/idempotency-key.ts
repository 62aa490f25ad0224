/** A caller's idempotency key: the same key with the same request means the same run. */
import { createHash } from 'node:crypto'
import type { Idempotency } from '@tenon/db'
import { canonicalJson } from '@tenon/runbook'
import { type Actor, actorKey } from '../../actor.ts'
import { ApiError } from '../../errors.ts'
import type { RestRequest } from '../rest-request.ts'

export const idempotencyHeader = {
  'Idempotency-Key': 'The same key with the same request means the same run: 1 to 200 printable characters.',
}

/** For the documents of operations that read it. */
export const idempotencyErrors = {
  'bad-idempotency-key': 'The key is empty, too long or not printable.',
  'idempotency-key-reused': 'The key was used for another request.',
}

/**
 * @param asked what the request is: another one with the same key is refused.
 * @returns null when the caller gave no key.
 * @throws ApiError `bad-idempotency-key`
 */
export function onceOf(request: Pick<RestRequest, 'header'>, actor: Actor, asked: unknown): Idempotency | null {
  const key = request.header('idempotency-key')
  if (key === undefined) return null
  if (/^[\x21-\x7e]{1,200}$/.test(key)) {
    return { actor: actorKey(actor), key, request: createHash('sha256').update(canonicalJson(asked)).digest('hex') }
  }
  throw new ApiError({
    status: 400,
    code: 'bad-idempotency-key',
    message: 'The Idempotency-Key is not a text of 1 to 200 printable characters.',
    fix: 'Use an id of what the run is for, such as the alert’s.',
  })
}
