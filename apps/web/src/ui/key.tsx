import type { ReactNode } from 'react'
import type { ButtonVariant } from './button.tsx'
import { classNames } from './class-names.ts'

/** A key cap: <Key>D</Key>. Hidden on touch screens, where it helps no one. */
export function Key({ children, on }: { children: ReactNode; on?: ButtonVariant }) {
  return (
    <kbd
      aria-hidden
      className={classNames(
        'inline-flex h-4.5 min-w-4.5 items-center justify-center rounded-sm border px-1 font-sans text-xs leading-none pointer-coarse:hidden',
        on === 'primary' || on === 'danger-solid' ? 'border-current/40' : 'border-line text-third',
      )}
    >
      {children}
    </kbd>
  )
}
