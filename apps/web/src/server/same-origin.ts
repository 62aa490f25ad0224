import { ApiError } from './errors.ts'

/**
 * Refuses a request that a page of another site made with a visitor's cookie. SameSite=Lax cookies already stop most; this also stops other
 * ports of the same machine, which count as the same site.
 *
 * @param publicUrl where this server is reached, without a path.
 */
export function assertSameOrigin(headers: Headers, publicUrl: string): void {
  const origin = headers.get('origin')
  if (origin !== null && allowedOrigins(publicUrl).has(origin)) return
  // Browsers that leave Origin out (same-origin GET) say so here; this header cannot be set by a page.
  if (origin === null && headers.get('sec-fetch-site') === 'same-origin') return
  throw new ApiError({
    status: 403,
    code: 'other-origin',
    message: origin
      ? `Requests from ${origin} are not accepted.`
      : 'The request does not say from which page it comes.',
    fix: `Open Tenon at ${publicUrl}. Programs use the REST API with a bearer token instead.`,
  })
}

/** The public address and, when it is a loopback one, its other names. */
export function allowedOrigins(publicUrl: string): Set<string> {
  const url = new URL(publicUrl)
  const origins = new Set([url.origin])
  if (['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname)) {
    for (const host of ['127.0.0.1', 'localhost', '[::1]']) {
      origins.add(`${url.protocol}//${host}${url.port ? `:${url.port}` : ''}`)
    }
  }
  return origins
}
