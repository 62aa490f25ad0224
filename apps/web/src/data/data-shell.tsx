'use client'
import type { ReactNode } from 'react'
import Link from 'next/link'
import { usePathname } from 'next/navigation'
import { classNames } from '../ui/class-names.ts'
import { type Crumb, Shell } from '../ui/shell.tsx'

const parts = [
  { href: '/data', title: 'Catalogue' },
  { href: '/data/graph', title: 'Graph' },
  { href: '/data/compute', title: 'Compute' },
  { href: '/data/views', title: 'Views' },
  { href: '/data/model', title: 'Model' },
] as const

export interface DataShellProps {
  /** After "Data"; none on the catalogue itself. */
  crumbs?: Crumb[]
  state?: ReactNode
  actions?: ReactNode
  /** The page takes the whole area and scrolls by itself. */
  fill?: boolean
  children: ReactNode
}

/** The frame of the data pages, with the way between them. */
export function DataShell({ crumbs = [], state, actions, fill, children }: DataShellProps) {
  const all = crumbs.length === 0 ? [{ title: 'Data' }] : [{ title: 'Data', href: '/data' }, ...crumbs]
  return (
    <Shell crumbs={all} state={state} actions={actions} fill={fill}>
      {fill ? (
        <div className="flex min-h-0 min-w-0 flex-1 flex-col">
          <div className="border-b border-line bg-panel px-3 sm:px-4">
            <DataNav />
          </div>
          {children}
        </div>
      ) : (
        <>
          <div className="-mt-2 mb-4 border-b border-line sm:-mt-3">
            <DataNav />
          </div>
          {children}
        </>
      )}
    </Shell>
  )
}

function DataNav() {
  const path = usePathname()
  // Services and entities are looked at from the catalogue.
  const current = parts.findLast(({ href }) => path === href || path.startsWith(`${href}/`)) ?? parts[0]
  return (
    <nav aria-label="Data" className="flex gap-5 overflow-x-auto px-1">
      {parts.map((part) => (
        <Link
          key={part.href}
          href={part.href}
          aria-current={part === current ? 'page' : undefined}
          className={classNames(
            '-mb-px flex h-9 items-center border-b-2 whitespace-nowrap',
            part === current ? 'border-accent font-semibold text-ink' : 'border-transparent text-second hover:text-ink',
          )}
        >
          {part.title}
        </Link>
      ))}
    </nav>
  )
}
