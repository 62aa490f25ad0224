'use client'
import type { ReactNode } from 'react'
import { Tooltip } from '@base-ui/react/tooltip'
import { Toaster } from 'sonner'
import { ApiProvider } from './api.tsx'
import { LiveProvider } from './live.tsx'
import { useTheme } from './theme.ts'

/** What every page stands in. */
export function Providers({ children }: { children: ReactNode }) {
  return (
    <ApiProvider>
      <LiveProvider>
        <Tooltip.Provider delay={350}>{children}</Tooltip.Provider>
        <Toasts />
      </LiveProvider>
    </ApiProvider>
  )
}

function Toasts() {
  const { dark } = useTheme()
  return (
    <Toaster
      theme={dark ? 'dark' : 'light'}
      position="bottom-right"
      toastOptions={{
        style: {
          background: 'var(--panel)',
          color: 'var(--ink)',
          border: '1px solid var(--line)',
          borderRadius: 10,
          fontSize: 13,
          boxShadow: 'var(--float)',
        },
      }}
    />
  )
}
