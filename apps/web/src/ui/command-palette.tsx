'use client'
import { type ReactNode, useEffect, useState } from 'react'
import { useRouter } from 'next/navigation'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Command } from 'cmdk'
import { Dialog } from '@base-ui/react/dialog'
import {
  Activity,
  CopyPlus,
  FileText,
  ListChecks,
  Moon,
  Search,
  ShieldOff,
  Stethoscope,
  Sun,
  SunMoon,
  Waypoints,
} from 'lucide-react'
import { useApi } from './api.tsx'
import { destinations } from './destinations.ts'
import { Key } from './key.tsx'
import { hitAddress } from '../data/hit-address.ts'
import { KindIcon } from '../data/kind-icon.tsx'
import { openBreakGlass } from '../writes/open-break-glass.ts'
import { foundByServer, paletteScore } from './palette-score.ts'
import { useSession } from './session.ts'
import { useShortcut } from './shortcuts.ts'
import { setTheme } from './theme.ts'
import { useDiagnose } from './use-diagnose.ts'
import { Badge, StateMark } from './badge.tsx'
import { runTone } from './run-words.ts'

/** Of those that fire; others are found on their page. */
const mostAlerts = 20
/** Fewer say nothing of what is meant. */
const leastLetters = 2
const openEvent = 'tenon-open-palette'

/** Opens the palette from anywhere. */
export function openPalette(): void {
  dispatchEvent(new Event(openEvent))
}

/** Cmd-K: go to a page or runbook, diagnose a chain, an alert or an entity, open a recent run, change the theme. */
export function CommandPalette() {
  const [open, setOpen] = useState(false)
  useShortcut({ keys: 'mod+k', label: 'Search and commands', group: 'Everywhere', run: () => setOpen((was) => !was) })
  useEffect(() => {
    const show = (): void => setOpen(true)
    addEventListener(openEvent, show)
    return () => removeEventListener(openEvent, show)
  }, [])
  return (
    <Dialog.Root open={open} onOpenChange={setOpen}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-overlay" />
        <Dialog.Popup
          aria-label="Search and commands"
          className="fixed inset-x-3 top-[10vh] z-40 mx-auto max-w-[600px] overflow-hidden rounded-xl border border-line bg-panel shadow-float outline-none"
        >
          <PaletteList close={() => setOpen(false)} />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

function PaletteList({ close }: { close: () => void }) {
  const router = useRouter()
  const api = useApi()
  const { lacks } = useSession()
  const diagnose = useDiagnose()
  const judged = useQuery(api.now.chains.queryOptions())
  const now = useQuery(api.now.get.queryOptions())
  const runbooks = useQuery(api.runbooks.list.queryOptions())
  const alerts = useQuery(api.alerts.list.queryOptions({ state: 'open', limit: mostAlerts }))
  const [text, setText] = useState('')
  // Entities are diagnosed when that is asked for: a name and Enter must not start a run.
  const asksDiagnosis = /^diag/i.test(text.trim())
  const wanted = text.trim().replace(/^diag\w*\s*/i, '')
  const services = useQuery(
    api.data.search.queryOptions(
      { text: wanted, kinds: ['measure', 'entity'], limit: 6 },
      { enabled: wanted.length >= leastLetters, placeholderData: keepPreviousData, staleTime: 30_000 },
    ),
  )
  const hits = wanted.length >= leastLetters ? (services.data?.hits ?? []) : []
  const go = (href: string) => () => {
    close()
    router.push(href)
  }
  const theme = (choice: 'system' | 'light' | 'dark') => () => {
    setTheme(choice)
    close()
  }
  return (
    <Command label="Search and commands" loop filter={paletteScore}>
      <div className="flex items-center gap-2 border-b border-line px-4">
        <Search aria-hidden className="size-4 text-third" />
        <Command.Input
          placeholder="Diagnose a chain, an alert or a service, open a runbook, go to a page"
          value={text}
          onValueChange={setText}
          className="h-12 w-full bg-transparent text-lg outline-none placeholder:text-third"
        />
        <Key>esc</Key>
      </div>
      <Command.List className="max-h-[min(440px,60vh)] overflow-y-auto p-1.5">
        <Command.Empty className="px-3 py-8 text-center text-second">
          Nothing by that name. Try a chain, a runbook, a measure or a page.
        </Command.Empty>
        {!lacks('operator') && (
          <PaletteGroup heading="Diagnose">
            {judged.data?.chains.map((chain) => (
              <PaletteItem
                key={chain.id}
                icon={<Stethoscope />}
                mark={<StateMark tone={chain.verdict.value} label={chain.verdict.value} />}
                value={`diagnose ${chain.title} ${chain.id}`}
                onSelect={() => {
                  close()
                  diagnose.start({ kind: 'chain', id: chain.id })
                }}
              >
                Diagnose {chain.title}
              </PaletteItem>
            ))}
            {alerts.data?.groups.map(({ key, title, severity, alerts: [newest] }) =>
              newest ? (
                <PaletteItem
                  key={key}
                  icon={<Stethoscope />}
                  mark={<Badge tone={severity === 'critical' ? 'abnormal' : 'neutral'}>{severity}</Badge>}
                  value={`diagnose alert ${title} ${newest.name} ${key}`}
                  onSelect={() => {
                    close()
                    diagnose.start({ kind: 'alert', id: newest.id })
                  }}
                >
                  Diagnose {title} <span className="text-third">alert</span>
                </PaletteItem>
              ) : null,
            )}
            {hits
              .filter(({ kind }) => asksDiagnosis && kind === 'entity')
              .map((hit) => (
                <PaletteItem
                  key={hit.ref}
                  icon={<Stethoscope />}
                  value={`${foundByServer}diagnose ${hit.ref}`}
                  onSelect={() => {
                    close()
                    diagnose.start({ kind: 'entity', id: hit.ref })
                  }}
                >
                  Diagnose {hit.title} <span className="text-third">{hit.subtitle}</span>
                </PaletteItem>
              ))}
          </PaletteGroup>
        )}
        <PaletteGroup heading="Runbooks">
          {runbooks.data?.map((runbook) => (
            <PaletteItem
              key={runbook.name}
              icon={<Waypoints />}
              value={`runbook ${runbook.title} ${runbook.name}`}
              onSelect={go(`/runbooks/${runbook.name}`)}
            >
              {runbook.title}
            </PaletteItem>
          ))}
        </PaletteGroup>
        <PaletteGroup heading="Recent runs">
          {now.data?.runs.slice(0, 5).map((run) => (
            <PaletteItem
              key={run.id}
              icon={<FileText />}
              mark={<StateMark tone={runTone(run)} label={run.verdict ?? run.status} />}
              value={`run ${run.runbook.title} ${run.id}`}
              onSelect={go(`/runs/${run.id}`)}
            >
              {run.conclusion ?? run.runbook.title}
            </PaletteItem>
          ))}
        </PaletteGroup>
        <PaletteGroup heading="Pages">
          {destinations.map((each) => (
            <PaletteItem
              key={each.href}
              icon={<each.icon />}
              value={`go to ${each.title}`}
              keys={`G ${each.key.toUpperCase()}`}
              onSelect={go(each.href)}
            >
              {each.title}
            </PaletteItem>
          ))}
          <PaletteItem icon={<ListChecks />} value="go to coverage of runbooks" onSelect={go('/coverage')}>
            Coverage of runbooks
          </PaletteItem>
          <PaletteItem icon={<Activity />} value="go to breakers of load tests" onSelect={go('/actions/breakers')}>
            Breakers
          </PaletteItem>
          {!lacks('admin') && (
            <PaletteItem
              icon={<ShieldOff />}
              value="break the glass limits of actions"
              onSelect={() => {
                close()
                openBreakGlass()
              }}
            >
              Break the glass…
            </PaletteItem>
          )}
          <PaletteItem icon={<CopyPlus />} value="new runbook from template" onSelect={go('/runbooks?new=template')}>
            New runbook from template
          </PaletteItem>
        </PaletteGroup>
        {hits.length > 0 && (
          <PaletteGroup heading="Data">
            {hits.map((hit) => (
              <PaletteItem
                key={`${hit.kind} ${hit.ref}`}
                icon={<KindIcon kind={hit.kind} />}
                value={`${foundByServer}${hit.kind} ${hit.ref}`}
                onSelect={go(hitAddress(hit))}
              >
                {hit.title} <span className="text-third">{hit.subtitle}</span>
              </PaletteItem>
            ))}
          </PaletteGroup>
        )}
        <PaletteGroup heading="Theme">
          <PaletteItem icon={<Sun />} value="theme light" onSelect={theme('light')}>
            Light theme
          </PaletteItem>
          <PaletteItem icon={<Moon />} value="theme dark" onSelect={theme('dark')}>
            Dark theme
          </PaletteItem>
          <PaletteItem icon={<SunMoon />} value="theme system" onSelect={theme('system')}>
            Theme of the system
          </PaletteItem>
        </PaletteGroup>
      </Command.List>
    </Command>
  )
}

function PaletteGroup({ heading, children }: { heading: string; children: ReactNode }) {
  return (
    <Command.Group
      heading={heading}
      className="[&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:font-semibold [&_[cmdk-group-heading]]:text-third"
    >
      {children}
    </Command.Group>
  )
}

interface PaletteItemProps {
  icon: ReactNode
  mark?: ReactNode
  keys?: string
  /** What the search matches. */
  value: string
  onSelect: () => void
  children: ReactNode
}

function PaletteItem({ icon, mark, keys, value, onSelect, children }: PaletteItemProps) {
  return (
    <Command.Item
      value={value}
      onSelect={onSelect}
      className="flex min-h-9 cursor-default items-center gap-2.5 rounded-md px-2.5 data-[selected=true]:bg-hover [&_svg:first-child]:text-third"
    >
      <span className="flex size-4 shrink-0 [&_svg]:size-4">{icon}</span>
      <span className="min-w-0 flex-1 truncate">{children}</span>
      {mark}
      {keys && <Key>{keys}</Key>}
    </Command.Item>
  )
}
