'use client'
import type { ReactNode } from 'react'
import { Dialog as Base } from '@base-ui/react/dialog'
import { X } from 'lucide-react'
import { IconButton } from './button.tsx'
import { classNames } from './class-names.ts'

export interface DialogProps {
  open: boolean
  onOpenChange: (open: boolean) => void
  title: string
  description?: ReactNode
  size?: 'small' | 'medium' | 'large'
  /** The buttons, primary last. */
  footer?: ReactNode
  children?: ReactNode
}

const widths = { small: 'sm:w-[400px]', medium: 'sm:w-[520px]', large: 'sm:w-[760px]' }

/** A modal; a sheet from below on a phone. Escape and a press outside close it; focus returns to where it was. */
export function Dialog({ open, onOpenChange, title, description, size = 'small', footer, children }: DialogProps) {
  return (
    <Base.Root open={open} onOpenChange={onOpenChange}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-overlay transition-opacity duration-150 data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <Base.Popup
          className={classNames(
            'fixed z-40 flex max-h-[88dvh] flex-col bg-panel shadow-float transition duration-150 outline-none',
            'inset-x-0 bottom-0 rounded-t-xl sm:inset-x-auto sm:top-[12vh] sm:bottom-auto sm:left-1/2 sm:-translate-x-1/2 sm:rounded-xl',
            'data-ending-style:translate-y-2 data-ending-style:opacity-0 data-starting-style:translate-y-2 data-starting-style:opacity-0',
            widths[size],
          )}
        >
          {/* No <header> or <footer>: outside of the page's parts those would be landmarks of the whole page. */}
          <div className="flex items-start gap-3 px-5 pt-4">
            <div className="min-w-0">
              <Base.Title className="text-lg font-semibold">{title}</Base.Title>
              {description && <Base.Description className="mt-0.5 text-second">{description}</Base.Description>}
            </div>
            <Base.Close
              render={
                <IconButton label="Close" variant="ghost" size="small" className="-mr-2 ml-auto">
                  <X aria-hidden className="size-4" />
                </IconButton>
              }
            />
          </div>
          <div className="min-h-0 overflow-y-auto px-5 py-4">{children}</div>
          {footer && <div className="flex justify-end gap-2 border-t border-line px-5 py-3">{footer}</div>}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  )
}
