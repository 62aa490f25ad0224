import { APIError, createAuthMiddleware } from 'better-auth/api'

const windowMs = 60_000
/** Accounts that are kept in mind; names that nobody has count as well. */
const mostAccounts = 10_000

const tooMany = { code: 'TOO_MANY_ATTEMPTS', message: 'Too many attempts for this account. Try again in a minute.' }

/**
 * Limits attempts to sign in to one account. better-auth's own limit goes by the caller's address, which a caller without a proxy before us writes
 * into X-Forwarded-For as it likes.
 */
export function limitSignIn(perMinute: number) {
  const attempts = new Map<string, { since: number; count: number }>()
  return createAuthMiddleware(async ({ path, body }) => {
    if (path !== '/sign-in/email' || typeof body?.email !== 'string') return
    const account = body.email.toLowerCase()
    const now = Date.now()
    const last = attempts.get(account)
    const current = last && now - last.since < windowMs ? last : { since: now, count: 0 }
    current.count += 1
    // Set anew, so that the map is in order of the last attempt and its first entry is the one to forget.
    attempts.delete(account)
    attempts.set(account, current)
    const [oldest] = attempts.keys()
    if (attempts.size > mostAccounts && oldest !== undefined) attempts.delete(oldest)
    if (current.count > perMinute) throw APIError.from('TOO_MANY_REQUESTS', tooMany)
  })
}
