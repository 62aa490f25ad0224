import type { ReactNode } from 'react'
import { classNames } from './class-names.ts'

/** A key cap: <Key>D</Key>; `solid` when it stands on a filled button. Hidden on touch screens, where it helps no one. */
export function Key({ children, solid }: { children: ReactNode; solid?: boolean }) {
  return (
    <kbd
      aria-hidden
      className={classNames(
        'inline-flex h-4.5 min-w-4.5 items-center justify-center rounded-sm border px-1 font-sans text-xs leading-none pointer-coarse:hidden',
        solid ? 'border-current/40' : 'border-line text-third',
      )}
    >
      {children}
    </kbd>
  )
}
