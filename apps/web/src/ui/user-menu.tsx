'use client'
import { useRouter } from 'next/navigation'
import { LogOut, Settings, ShieldOff } from 'lucide-react'
import { openBreakGlass } from '../writes/open-break-glass.ts'
import { Menu } from './menu.tsx'
import { useSession } from './session.ts'
import { signOut } from './sign-out.ts'

/** Who is signed in, at the end of the rail. */
export function UserMenu() {
  const { user, lacks } = useSession()
  const router = useRouter()
  if (!user) return null
  const name = user.name || user.email
  return (
    <Menu
      side="right"
      heading={
        <>
          <span className="block truncate font-semibold">{name}</span>
          <span className="block truncate text-sm text-third">
            {user.email === name ? user.role : `${user.email} · ${user.role}`}
          </span>
        </>
      }
      trigger={
        <button
          type="button"
          title={name}
          className="flex size-9 shrink-0 items-center justify-center rounded-lg hover:bg-hover data-popup-open:bg-hover"
        >
          <span className="sr-only">You: {name}</span>
          <span
            aria-hidden
            className="flex size-6 items-center justify-center rounded-full bg-accent-tint text-xs font-semibold text-accent"
          >
            {name.slice(0, 1).toUpperCase()}
          </span>
        </button>
      }
      items={[
        {
          label: 'Settings',
          icon: <Settings aria-hidden className="size-4 text-third" />,
          onSelect: () => router.push('/settings'),
        },
        ...(lacks('admin')
          ? []
          : [
              {
                label: 'Break the glass…',
                icon: <ShieldOff aria-hidden className="size-4 text-third" />,
                onSelect: openBreakGlass,
              },
            ]),
        {
          label: 'Sign out',
          icon: <LogOut aria-hidden className="size-4 text-third" />,
          onSelect: () => void signOut(),
        },
      ]}
    />
  )
}
