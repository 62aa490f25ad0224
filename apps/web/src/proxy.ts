/** Headers only. Nothing here decides who may do what: that is server/policy.ts, at each procedure and route. */
import { type NextRequest, NextResponse } from 'next/server'
import { isOurHost } from './server/our-host.ts'

export function proxy(request: NextRequest): NextResponse {
  const host = request.headers.get('host') ?? ''
  if (!isOurHost(host, process.env)) {
    return new NextResponse(
      `Tenon is not served as "${host}". Set TENON_PUBLIC_URL to the address that people use.\n`,
      {
        status: 421,
        headers: { 'content-type': 'text/plain; charset=utf-8' },
      },
    )
  }
  const nonce = Buffer.from(crypto.randomUUID()).toString('base64')
  const policy = contentSecurityPolicy(nonce)
  const headers = new Headers(request.headers)
  headers.set('x-nonce', nonce)
  // Next puts the nonce of this header on the scripts that it writes.
  headers.set('content-security-policy', policy)
  const response = NextResponse.next({ request: { headers } })
  response.headers.set('content-security-policy', policy)
  return response
}

function contentSecurityPolicy(nonce: string): string {
  const dev = process.env.NODE_ENV === 'development'
  return [
    "default-src 'self'",
    // React's development build explains errors by eval.
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${dev ? " 'unsafe-eval'" : ''}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src 'self'${dev ? ' ws:' : ''}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ')
}

export const config = {
  // Static files carry no page of ours.
  matcher: [{ source: '/((?!_next/static|_next/image|favicon.ico|icon.svg|theme.js).*)' }],
}
