'use client'
import { useState } from 'react'
import { Dialog } from './dialog.tsx'
import { Key } from './key.tsx'
import { type Shortcut, useShortcut, useShortcuts } from './shortcuts.ts'

/** The `?` sheet: every key that works on this page. */
export function ShortcutSheet() {
  const [open, setOpen] = useState(false)
  const shortcuts = useShortcuts()
  useShortcut({ keys: '?', label: 'Show these shortcuts', group: 'Everywhere', run: () => setOpen(true) })
  const groups = Map.groupBy(shortcuts, (each) => each.group)
  return (
    <Dialog open={open} onOpenChange={setOpen} title="Keyboard" size="medium">
      <div className="grid gap-6 sm:grid-cols-2">
        {[...groups].reverse().map(([group, items]) => (
          <section key={group}>
            <h3 className="mb-1 text-sm font-semibold text-third">{group}</h3>
            <ul>
              {items.map((item) => (
                <li key={item.keys} className="flex items-center justify-between gap-4 py-1">
                  <span>{item.label}</span>
                  <Keys shortcut={item} />
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
    </Dialog>
  )
}

function Keys({ shortcut }: { shortcut: Shortcut }) {
  return (
    <span className="flex gap-1">
      {shortcut.keys.split(' ').map((key) => (
        <Key key={key}>{key.replace('mod+', '⌘').toUpperCase()}</Key>
      ))}
    </span>
  )
}
