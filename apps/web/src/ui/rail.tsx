'use client'
import Link from 'next/link'
import { usePathname } from 'next/navigation'
import { useQuery } from '@tanstack/react-query'
import { useApi } from './api.tsx'
import { classNames } from './class-names.ts'
import { type Destination, destinationOf, destinations } from './destinations.ts'
import { Logo } from './logo.tsx'
import { Tip } from './tip.tsx'
import { UserMenu } from './user-menu.tsx'

/** The 52 px rail of pages: at the left, or along the bottom of a phone. */
export function Rail() {
  const current = destinationOf(usePathname())
  const api = useApi()
  const unread = useQuery(api.inbox.unread.queryOptions())
  return (
    <nav
      aria-label="Pages"
      className="z-20 flex w-full shrink-0 items-center justify-between gap-1 border-t border-line bg-panel px-2 max-sm:gap-0 py-1 max-sm:order-last sm:h-full sm:w-[52px] sm:flex-col sm:justify-start sm:border-t-0 sm:border-r sm:px-0 sm:py-2 print:hidden"
    >
      <Link href="/" aria-label="Tenon, now" className="mb-2 rounded-lg max-sm:hidden">
        <Logo />
      </Link>
      {destinations.map((each) => (
        <RailLink
          key={each.href}
          destination={each}
          current={each === current}
          count={each.href === '/inbox' ? (unread.data ?? 0) : 0}
          className={each.href === '/inbox' ? 'sm:mt-auto' : undefined}
        />
      ))}
      <UserMenu />
    </nav>
  )
}

interface RailLinkProps {
  destination: Destination
  current: boolean
  count: number
  className?: string
}

function RailLink({ destination, current, count, className }: RailLinkProps) {
  const Icon = destination.icon
  return (
    <Tip label={destination.title} side="right">
      <Link
        href={destination.href}
        aria-current={current ? 'page' : undefined}
        className={classNames(
          'relative flex size-9 items-center justify-center rounded-lg transition-colors',
          current ? 'bg-accent-tint text-accent' : 'text-third hover:bg-hover hover:text-ink',
          className,
        )}
      >
        <span className="sr-only">{count > 0 ? `${destination.title}, ${count} unread` : destination.title}</span>
        <Icon aria-hidden className="size-[18px] stroke-[1.75]" />
        {count > 0 && (
          <span
            aria-hidden
            className="figures absolute -top-0.5 -right-0.5 flex h-4 min-w-4 items-center justify-center rounded-full bg-accent px-1 text-[10px] leading-none font-semibold text-on-accent"
          >
            {count > 9 ? '9+' : count}
          </span>
        )}
      </Link>
    </Tip>
  )
}
