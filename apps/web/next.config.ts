import { fileURLToPath } from 'node:url'
import type { NextConfig } from 'next'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** For every answer. The content security policy needs a nonce for each request, so src/proxy.ts sets it. */
const securityHeaders = [
  { key: 'X-Content-Type-Options', value: 'nosniff' },
  { key: 'X-Frame-Options', value: 'DENY' },
  { key: 'Referrer-Policy', value: 'same-origin' },
  { key: 'Cross-Origin-Opener-Policy', value: 'same-origin' },
  { key: 'Permissions-Policy', value: 'camera=(), microphone=(), geolocation=()' },
]

const config: NextConfig = {
  poweredByHeader: false,
  reactStrictMode: true,
  // Types are checked for the whole tree at once by `npm test`; twice would only make the build slower.
  typescript: { ignoreBuildErrors: true },
  transpilePackages: [
    '@tenon/actions',
    '@tenon/activities',
    '@tenon/analysis',
    '@tenon/data',
    '@tenon/db',
    '@tenon/express',
    '@tenon/runbook',
  ],
  // Native, WebAssembly or gRPC inside: Node loads them itself.
  serverExternalPackages: [
    '@prisma/adapter-pg',
    '@prisma/client',
    '@prisma/driver-adapter-utils',
    '@prisma/schema-engine-wasm',
    '@temporalio/client',
    '@temporalio/common',
    '@temporalio/proto',
    'better-auth',
    'fontkit',
    'pdfkit',
    'pg',
  ],
  turbopack: { root },
  outputFileTracingRoot: root,
  headers: async () => [{ source: '/:path*', headers: securityHeaders }],
}

export default config
