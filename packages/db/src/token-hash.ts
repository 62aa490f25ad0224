import { createHash, randomBytes } from 'node:crypto'

/** 256 random bits: too many to guess, so a fast hash is enough at rest. */
export function newToken(prefix: string): string {
  return `${prefix}_${randomBytes(32).toString('base64url')}`
}

export function tokenHash(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}
