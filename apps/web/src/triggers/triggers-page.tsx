'use client'
import { useState } from 'react'
import { useRouter } from 'next/navigation'
import { Shell } from '../ui/shell.tsx'
import { Tabs } from '../ui/tabs.tsx'
import { Inbound } from './inbound.tsx'
import { Listeners } from './listeners.tsx'
import { Schedules } from './schedules.tsx'

const tabs = ['schedules', 'listeners', 'inbound'] as const
type Tab = (typeof tabs)[number]

/** What starts runs by itself, and what came in. */
export function TriggersPage({ wanted }: { wanted: string | null }) {
  const router = useRouter()
  const [tab, setTab] = useState<Tab>(() => tabs.find((one) => one === wanted) ?? 'schedules')
  const choose = (next: Tab): void => {
    setTab(next)
    router.replace(`/triggers?tab=${next}`)
  }
  return (
    <Shell crumbs={[{ title: 'Triggers' }]}>
      <Tabs<Tab>
        label="Triggers"
        value={tab}
        onChange={choose}
        items={[
          { value: 'schedules', label: 'Schedules', content: <Schedules /> },
          { value: 'listeners', label: 'Webhooks and events', content: <Listeners /> },
          { value: 'inbound', label: 'Inbound', content: <Inbound /> },
        ]}
      />
    </Shell>
  )
}
