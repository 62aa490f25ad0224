import type { ReactNode } from 'react'
import { Logo } from '../ui/logo.tsx'

/** The frame of pages that are seen before signing in. */
export function FrontDoor({ title, children }: { title: string; children: ReactNode }) {
  return (
    <main className="flex min-h-dvh flex-col items-center justify-center gap-6 bg-page p-4">
      <Logo />
      <section
        aria-label={title}
        className="w-full max-w-[380px] rounded-xl border border-line bg-panel p-6 shadow-rest"
      >
        <h1 className="text-lg font-semibold">{title}</h1>
        <div className="mt-3">{children}</div>
      </section>
    </main>
  )
}
