'use client'
import type { ReactNode } from 'react'
import { Tabs as Base } from '@base-ui/react/tabs'

interface TabItem<Value extends string> {
  value: Value
  label: ReactNode
  content: ReactNode
}

export interface TabsProps<Value extends string> {
  value: Value
  onChange: (value: Value) => void
  items: TabItem<Value>[]
  label: string
  className?: string
}

/** Underlined tabs; arrow keys move between them. */
export function Tabs<Value extends string>({ value, onChange, items, label, className }: TabsProps<Value>) {
  return (
    <Base.Root value={value} onValueChange={(next) => onChange(next as Value)} className={className}>
      <Base.List aria-label={label} className="flex gap-5 overflow-x-auto border-b border-line px-1 print:hidden">
        {items.map((item) => (
          <Base.Tab
            key={item.value}
            value={item.value}
            className="-mb-px flex h-9 items-center max-sm:h-11 gap-1.5 border-b-2 border-transparent text-base whitespace-nowrap text-second hover:text-ink data-active:border-accent data-active:font-semibold data-active:text-ink"
          >
            {item.label}
          </Base.Tab>
        ))}
      </Base.List>
      {items.map((item) => (
        <Base.Panel key={item.value} value={item.value} className="outline-none">
          {item.content}
        </Base.Panel>
      ))}
    </Base.Root>
  )
}
