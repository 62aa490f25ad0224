'use client'
import { useRouter, useSearchParams } from 'next/navigation'
import { Activity, CalendarX, SlidersHorizontal } from 'lucide-react'
import { ButtonLink } from '../ui/button.tsx'
import { useSession } from '../ui/session.ts'
import { Shell } from '../ui/shell.tsx'
import { Tabs } from '../ui/tabs.tsx'
import { InEffect } from './in-effect.tsx'
import { Ledger } from './ledger.tsx'

type Tab = 'in-effect' | 'ledger'

/** What is changed outside now, and everything that ever was. */
export function ActionsPage() {
  const router = useRouter()
  const { lacks } = useSession()
  const tab: Tab = useSearchParams().get('tab') === 'ledger' ? 'ledger' : 'in-effect'
  return (
    <Shell
      crumbs={[{ title: 'Actions' }]}
      actions={
        <>
          {lacks('admin') === null && (
            <ButtonLink
              href="/settings?tab=actions"
              icon={<SlidersHorizontal aria-hidden className="size-3.5" />}
              className="max-sm:hidden"
            >
              Limits and autonomy
            </ButtonLink>
          )}
          <ButtonLink
            href="/actions/breakers"
            icon={<Activity aria-hidden className="size-3.5" />}
            className="max-sm:size-11 max-sm:px-0!"
          >
            <span className="max-sm:sr-only">Breakers</span>
          </ButtonLink>
          <ButtonLink
            href="/actions/calendars"
            icon={<CalendarX aria-hidden className="size-3.5" />}
            className="max-sm:size-11 max-sm:px-0!"
          >
            <span className="max-sm:sr-only">Calendars</span>
          </ButtonLink>
        </>
      }
    >
      <Tabs<Tab>
        label="Which actions"
        value={tab}
        onChange={(next) => router.push(next === 'ledger' ? '/actions?tab=ledger' : '/actions', { scroll: false })}
        items={[
          { value: 'in-effect', label: 'In effect', content: <InEffect /> },
          { value: 'ledger', label: 'Ledger', content: <Ledger /> },
        ]}
      />
    </Shell>
  )
}
