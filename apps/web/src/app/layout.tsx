import type { Metadata, Viewport } from 'next'
import type { ReactNode } from 'react'
import Script from 'next/script'
import { headers } from 'next/headers'
import { Providers } from '../ui/providers.tsx'
import './globals.css'

export const metadata: Metadata = { title: 'Tenon', description: 'Runbooks that diagnose and act' }
export const viewport: Viewport = {
  width: 'device-width',
  initialScale: 1,
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#ffffff' },
    { media: '(prefers-color-scheme: dark)', color: '#161a21' },
  ],
}

export default async function RootLayout({ children }: { children: ReactNode }) {
  const nonce = (await headers()).get('x-nonce') ?? undefined
  return (
    // The theme's class is set by /theme.js before React wakes up.
    <html lang="en" suppressHydrationWarning>
      <body>
        {/* Before the first paint: a page that turns dark after it was light hurts at night. */}
        <Script src="/theme.js" strategy="beforeInteractive" nonce={nonce} />
        <Providers>{children}</Providers>
      </body>
    </html>
  )
}
