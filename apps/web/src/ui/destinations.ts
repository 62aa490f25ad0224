/** The product's pages: one list that the rail, the palette and the shortcuts read. */
import {
  ArrowLeftRight,
  BellRing,
  CalendarClock,
  Database,
  Inbox,
  type LucideIcon,
  Play,
  Radar,
  Settings,
  Waypoints,
  Zap,
} from 'lucide-react'

export interface Destination {
  href: string
  title: string
  icon: LucideIcon
  /** Pressed after "g". */
  key: string
  place: 'main' | 'end'
  /** Other addresses that belong to it. */
  also?: readonly string[]
}

export const destinations: Destination[] = [
  { href: '/', title: 'Now', icon: Radar, key: 'n', place: 'main' },
  { href: '/runbooks', title: 'Runbooks', icon: Waypoints, key: 'b', place: 'main', also: ['/coverage'] },
  { href: '/runs', title: 'Runs', icon: Play, key: 'r', place: 'main', also: ['/reports'] },
  { href: '/alerts', title: 'Alerts', icon: BellRing, key: 'l', place: 'main' },
  { href: '/triggers', title: 'Triggers', icon: CalendarClock, key: 't', place: 'main' },
  { href: '/changes', title: 'Changes', icon: ArrowLeftRight, key: 'c', place: 'main' },
  { href: '/data', title: 'Data', icon: Database, key: 'd', place: 'main' },
  { href: '/actions', title: 'Actions', icon: Zap, key: 'a', place: 'main' },
  { href: '/inbox', title: 'Inbox', icon: Inbox, key: 'i', place: 'end' },
  { href: '/settings', title: 'Settings', icon: Settings, key: 's', place: 'end' },
]

/** The destination that a path belongs to; "/" only matches itself. */
export function destinationOf(path: string): Destination | undefined {
  const isUnder = (address: string): boolean => path === address || path.startsWith(`${address}/`)
  return destinations.find(({ href, also = [] }) => (href === '/' ? path === '/' : [href, ...also].some(isUnder)))
}
