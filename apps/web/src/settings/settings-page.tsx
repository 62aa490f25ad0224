'use client'
import { useState } from 'react'
import { useRouter } from 'next/navigation'
import { useSession } from '../ui/session.ts'
import { Shell } from '../ui/shell.tsx'
import { Tabs } from '../ui/tabs.tsx'
import { Account } from './account.tsx'
import { Actions } from './actions.tsx'
import { Connections } from './connections.tsx'
import { Environments } from './environments.tsx'
import { People } from './people.tsx'
import { Tokens } from './tokens.tsx'

const tabs = ['connections', 'tokens', 'environments', 'actions', 'people', 'account'] as const
type Tab = (typeof tabs)[number]

/** What an admin sets for all, and what everyone sets for themselves. */
export function SettingsPage({ wanted }: { wanted: string | null }) {
  const { user } = useSession()
  const router = useRouter()
  const [tab, setTab] = useState<Tab>(() => tabs.find((one) => one === wanted) ?? 'connections')
  const admin = user?.role === 'admin'
  const choose = (next: Tab): void => {
    setTab(next)
    router.replace(`/settings?tab=${next}`)
  }
  const account = { value: 'account' as const, label: 'You', content: <Account /> }
  return (
    <Shell crumbs={[{ title: 'Settings' }]} width="narrow">
      <Tabs<Tab>
        label="Settings"
        value={admin ? tab : 'account'}
        onChange={choose}
        items={
          admin
            ? [
                { value: 'connections', label: 'Connections', content: <Connections /> },
                { value: 'tokens', label: 'API tokens', content: <Tokens /> },
                { value: 'environments', label: 'Environments', content: <Environments /> },
                { value: 'actions', label: 'Actions', content: <Actions /> },
                { value: 'people', label: 'People', content: <People /> },
                account,
              ]
            : [account]
        }
      />
      {user && !admin && (
        <p className="mt-4 text-sm text-third">
          Connections, API tokens, environments, limits of actions and people are for admins; you are {user.role}.
        </p>
      )}
    </Shell>
  )
}
