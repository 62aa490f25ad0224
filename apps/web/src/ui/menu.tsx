'use client'
import type { ReactElement, ReactNode } from 'react'
import { Menu as Base } from '@base-ui/react/menu'
import { classNames } from './class-names.ts'
import { Key } from './key.tsx'

export interface MenuItem {
  label: string
  icon?: ReactNode
  shortcut?: string
  danger?: boolean
  disabled?: boolean
  onSelect: () => void
}

/** @example <Menu trigger={<IconButton label="More">…</IconButton>} items={[{ label: 'Delete', danger: true, onSelect }]} /> */
export function Menu({
  trigger,
  items,
  heading,
  align = 'end',
  side = 'bottom',
}: {
  trigger: ReactElement
  items: MenuItem[]
  /** What the menu is about, above its items. */
  heading?: ReactNode
  align?: 'start' | 'end'
  side?: 'bottom' | 'right'
}) {
  return (
    <Base.Root>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner sideOffset={4} align={align} side={side} className="z-50">
          <Base.Popup className="min-w-44 rounded-lg border border-line bg-panel p-1 shadow-float outline-none transition-opacity duration-100 data-ending-style:opacity-0 data-starting-style:opacity-0">
            {heading && <div className="mb-1 max-w-64 border-b border-line px-2.5 pt-1 pb-2">{heading}</div>}
            {items.map((item) => (
              <Base.Item
                key={item.label}
                disabled={item.disabled}
                onClick={item.onSelect}
                className={classNames(
                  'flex h-8 cursor-default items-center gap-2 rounded-md px-2.5 outline-none select-none data-disabled:opacity-50 data-highlighted:bg-hover',
                  item.danger && 'text-abnormal',
                )}
              >
                {item.icon}
                <span className="flex-1">{item.label}</span>
                {item.shortcut && <Key>{item.shortcut}</Key>}
              </Base.Item>
            ))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}
