'use client'
/** Empty, loading, error and stale: each state of a page is designed, not left over. */
import type { ReactNode } from 'react'
import { CloudOff, RotateCw } from 'lucide-react'
import { Button } from './button.tsx'
import { classNames } from './class-names.ts'
import { readProblem } from './problem.ts'
import { Shape } from './shape.tsx'

export interface EmptyStateProps {
  title: string
  /** What this page is for and its first step. */
  children: ReactNode
  action?: ReactNode
  icon?: ReactNode
  className?: string
}

/** An empty page teaches its first step. */
export function EmptyState({ title, children, action, icon, className }: EmptyStateProps) {
  return (
    <div className={classNames('flex flex-col items-center px-6 py-12 text-center', className)}>
      {icon && <div className="mb-3 text-third [&_svg]:size-7 [&_svg]:stroke-[1.5]">{icon}</div>}
      <h2 className="text-lg font-semibold">{title}</h2>
      <div className="mt-1 max-w-md text-second text-pretty">{children}</div>
      {action && <div className="mt-4 flex flex-wrap justify-center gap-2">{action}</div>}
    </div>
  )
}

export interface ErrorStateProps {
  /** What could not be done, as the page says it: "The runs could not be loaded". */
  what: string
  error: unknown
  retry?: () => void
  className?: string
}

/** What happened, where, and what to do next. */
export function ErrorState({ what, error, retry, className }: ErrorStateProps) {
  const problem = readProblem(error)
  return (
    <div role="alert" className={classNames('flex gap-3 px-4 py-4', className)}>
      <span className="mt-1 text-abnormal">
        <Shape name="triangle" className="size-3" />
      </span>
      <div className="min-w-0">
        <p className="font-semibold">{what}</p>
        <p className="break-words text-second">{problem.message}</p>
        <p className="mt-1 break-words text-second">{problem.fix}</p>
        <div className="mt-2 flex items-center gap-3">
          {retry && (
            <Button size="small" icon={<RotateCw aria-hidden className="size-3.5" />} onClick={retry}>
              Try again
            </Button>
          )}
          <code className="font-mono text-xs text-third">{problem.code}</code>
        </div>
      </div>
    </div>
  )
}

/** A grey shape that keeps the layout while data is on its way. */
function Skeleton({ className }: { className?: string }) {
  return (
    <div
      aria-hidden
      className={classNames('animate-[breathe_1.6s_ease-in-out_infinite] rounded-md bg-neutral-tint', className)}
    />
  )
}

/** Rows of skeleton with one announcement for screen readers. */
export function LoadingRows({ rows = 4, label = 'Loading' }: { rows?: number; label?: string }) {
  return (
    <output className="block space-y-3 px-4 py-4">
      <span className="sr-only">{label}</span>
      {Array.from({ length: rows }, (_, row) => (
        <Skeleton key={row} className={row % 2 === 0 ? 'h-4 w-4/5' : 'h-4 w-3/5'} />
      ))}
    </output>
  )
}

/** What is shown is old: says since when and why. */
export function StaleBanner({ children, retry }: { children: ReactNode; retry?: () => void }) {
  return (
    <output className="flex items-center gap-2 border-b border-inconclusive/30 bg-inconclusive-tint px-4 py-1.5 text-sm text-inconclusive">
      <CloudOff aria-hidden className="size-3.5 shrink-0" />
      <span className="min-w-0">{children}</span>
      {retry && (
        <button type="button" className="ml-auto shrink-0 font-semibold underline underline-offset-2" onClick={retry}>
          Try now
        </button>
      )}
    </output>
  )
}
