'use client'
import { Fragment, type ReactNode, useEffect } from 'react'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { Search } from 'lucide-react'
import { classNames } from './class-names.ts'
import { Glass } from '../writes/glass.tsx'
import { StopWrites } from '../writes/stop-writes.tsx'
import { CommandPalette, openPalette } from './command-palette.tsx'
import { destinations } from './destinations.ts'
import { Key } from './key.tsx'
import { useLive } from './live.tsx'
import { Rail } from './rail.tsx'
import { useSession } from './session.ts'
import { ShortcutSheet } from './shortcut-sheet.tsx'
import { useShortcut } from './shortcuts.ts'
import { StaleBanner } from './states.tsx'
import { Time } from './time.tsx'

export interface Crumb {
  title: string
  href?: string
}

export interface ShellProps {
  /** The last one is this page. */
  crumbs: Crumb[]
  /** Beside the breadcrumb: chips that say the state of what is shown. */
  state?: ReactNode
  /** At the right, before "Stop all writes": primary action last. */
  actions?: ReactNode
  /** The page takes the whole area and scrolls by itself (the editor does). */
  fill?: boolean
  /** Runbook pages are wide; settings and the inbox are not. */
  width?: 'wide' | 'narrow'
  /** Stays in sight below the page, however long it is: what a page asks to decide. */
  footer?: ReactNode
  children: ReactNode
}

/** The frame of every page: rail, top bar, and the page itself. */
export function Shell({ crumbs, state, actions, fill, width = 'wide', footer, children }: ShellProps) {
  const session = useSession()
  const router = useRouter()
  const title = crumbs.at(-1)?.title ?? 'Tenon'
  useEffect(() => {
    document.title = `${title} · Tenon`
  }, [title])
  useEffect(() => {
    if (session.state !== 'signed-out') return
    router.replace(`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`)
  }, [session.state, router])

  return (
    <div className="flex h-dvh flex-col sm:flex-row print:block print:h-auto">
      <a
        href="#main"
        className="absolute top-2 left-2 z-50 -translate-y-16 rounded-md bg-accent px-3 py-1.5 text-on-accent focus:translate-y-0"
      >
        Skip to the page
      </a>
      <Rail />
      <div className="flex min-h-0 min-w-0 flex-1 flex-col print:block">
        <header className="z-10 flex h-11 shrink-0 items-center gap-3 max-sm:h-13 border-b border-line bg-panel px-3 sm:px-4 print:hidden">
          <Breadcrumb crumbs={crumbs} />
          {state && (
            <div className="flex min-w-0 items-center gap-2 overflow-hidden text-sm whitespace-nowrap text-second max-md:hidden">
              {state}
            </div>
          )}
          <div className="ml-auto flex shrink-0 items-center gap-2">
            <button
              type="button"
              onClick={openPalette}
              className="flex h-8 items-center gap-2 rounded-lg border border-line px-2.5 text-third hover:border-line-strong hover:text-ink max-sm:size-11 max-sm:justify-center max-sm:px-0"
            >
              <Search aria-hidden className="size-3.5" />
              <span className="max-xl:sr-only">Diagnose or go to</span>
              <span className="sr-only">search and commands</span>
              <span aria-hidden className="max-sm:hidden">
                <Key>⌘K</Key>
              </span>
            </button>
            {actions}
            <Glass />
            <StopWrites />
          </div>
        </header>
        <LiveBanner />
        <main
          id="main"
          tabIndex={-1}
          className={classNames(
            'min-h-0 flex-1 outline-none',
            fill ? 'flex overflow-hidden' : 'overflow-y-auto print:overflow-visible',
          )}
        >
          {fill ? (
            children
          ) : (
            <div
              className={classNames('mx-auto w-full p-3 sm:p-5', width === 'wide' ? 'max-w-[1560px]' : 'max-w-[920px]')}
            >
              {children}
            </div>
          )}
        </main>
        {footer && <div className="shrink-0 border-t border-line bg-panel px-3 py-3 sm:px-5">{footer}</div>}
      </div>
      <GoShortcuts />
      <CommandPalette />
      <ShortcutSheet />
    </div>
  )
}

function Breadcrumb({ crumbs }: { crumbs: Crumb[] }) {
  return (
    <nav aria-label="Breadcrumb" className="min-w-0">
      <ol className="flex min-w-0 items-center gap-1.5">
        {crumbs.map((crumb, index) => {
          const last = index === crumbs.length - 1
          return (
            <Fragment key={`${index}-${crumb.title}`}>
              {index > 0 && (
                <li aria-hidden className="text-third max-sm:hidden">
                  /
                </li>
              )}
              <li className={classNames('min-w-0 truncate', !last && 'shrink-0 max-sm:hidden')}>
                {last ? (
                  <h1 className="truncate text-base font-semibold" aria-current="page">
                    {crumb.title}
                  </h1>
                ) : crumb.href ? (
                  <Link href={crumb.href} className="text-second hover:text-ink">
                    {crumb.title}
                  </Link>
                ) : (
                  <span className="text-second">{crumb.title}</span>
                )}
              </li>
            </Fragment>
          )
        })}
      </ol>
    </nav>
  )
}

function LiveBanner() {
  const live = useLive()
  if (live.state !== 'offline') return null
  return (
    <StaleBanner retry={() => location.reload()}>
      Offline since <Time at={live.since} />: what you see may be old. It reconnects by itself.
    </StaleBanner>
  )
}

function GoShortcuts() {
  return destinations.map((each) => (
    <GoShortcut key={each.href} href={each.href} title={each.title} letter={each.key} />
  ))
}

function GoShortcut({ href, title, letter }: { href: string; title: string; letter: string }) {
  const router = useRouter()
  useShortcut({ keys: `g ${letter}`, label: `Go to ${title}`, group: 'Everywhere', run: () => router.push(href) })
  return null
}
