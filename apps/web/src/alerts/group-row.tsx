'use client'
/** One group of alerts: what it turned out to be and why, and what can be done about it. */
import { memo, useEffect, useRef } from 'react'
import Link from 'next/link'
import { BellOff, ChevronDown, ChevronRight, Stethoscope } from 'lucide-react'
import { Badge } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { classNames } from '../ui/class-names.ts'
import { plural } from '../ui/figures.ts'
import { personName } from '../ui/person-name.ts'
import { Countdown, Time } from '../ui/time.tsx'
import { GroupChildren } from './group-children.tsx'
import { LabelButtons } from './label-buttons.tsx'
import { type AlertGroup, type AlertLabel, lookOf, ownerOf, reasonOf } from './verdict-words.ts'

/** Stays the same object, so that a row is drawn again only for what changes in it. */
export interface RowActions {
  select: (group: AlertGroup) => void
  expand: (group: AlertGroup) => void
  diagnose: (group: AlertGroup) => void
  label: (group: AlertGroup, label: AlertLabel | null) => void
}

export interface GroupRowProps {
  group: AlertGroup
  /** What people say, also before the server has kept it. */
  label: AlertLabel | null
  /** The one that keys act on. */
  current: boolean
  selected: boolean
  expanded: boolean
  diagnosing: boolean
  /** Why this person may not act; null when they may. */
  lacks: string | null
  actions: RowActions
}

export const GroupRow = memo(function GroupRow(props: GroupRowProps) {
  const { group, label, current, selected, expanded, diagnosing, lacks, actions } = props
  const look = lookOf(group.verdict)
  const owner = ownerOf(group)
  const row = useRef<HTMLLIElement>(null)
  useEffect(() => {
    if (current) row.current?.scrollIntoView({ block: 'nearest' })
  }, [current])
  return (
    <li
      ref={row}
      aria-current={current || undefined}
      data-testid="alert-group"
      className={classNames(
        // Rows that are not in sight are not laid out: lists of hundreds stay quick.
        'relative px-4 py-3 [contain-intrinsic-size:auto_88px] [content-visibility:auto] before:absolute before:inset-y-0 before:left-0 before:w-0.5',
        current && 'bg-hover before:bg-accent',
      )}
    >
      <div className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 gap-y-2 md:grid-cols-[auto_116px_minmax(0,1fr)_auto]">
        <input
          type="checkbox"
          className="mt-1 size-4 accent-(--accent)"
          checked={selected}
          onChange={() => actions.select(group)}
          aria-label={`Select ${group.title}`}
        />
        <div className="md:order-none">
          <span title={look.meaning}>
            <Badge tone={look.tone} shape>
              {look.word}
            </Badge>
          </span>
          {!group.open && <p className="mt-1 text-sm text-third max-md:ml-2 max-md:inline">ended</p>}
        </div>
        <div className="min-w-0 max-md:col-span-2">
          <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
            <b className="font-semibold break-words">{group.title}</b>
            <span className="text-sm text-second">{group.severity}</span>
            {group.entity && (
              <Link
                href={`/data/entities/${encodeURIComponent(group.entity)}`}
                className="text-sm text-second hover:underline"
              >
                {group.entity}
              </Link>
            )}
            {owner && <span className="text-sm text-third">owner {owner}</span>}
          </p>
          <p className="text-second text-pretty break-words">{reasonOf(group) || look.meaning}</p>
          <p className="mt-0.5 flex flex-wrap gap-x-3 text-sm text-third">
            <button
              type="button"
              aria-expanded={expanded}
              className="inline-flex items-center gap-1 text-second hover:text-ink"
              onClick={() => actions.expand(group)}
            >
              {expanded ? (
                <ChevronDown aria-hidden className="size-3.5" />
              ) : (
                <ChevronRight aria-hidden className="size-3.5" />
              )}
              {plural(group.count, 'alert')}
            </button>
            <span>
              first <Time at={group.firstSeen} show="relative" />
            </span>
            <span>
              last <Time at={group.lastSeen} show="relative" />
            </span>
            {group.runId && (
              <Link href={`/runs/${group.runId}`} className="text-accent hover:underline">
                Evidence
              </Link>
            )}
            {group.labelledBy && group.label && <span>labelled by {personName(group.labelledBy)}</span>}
          </p>
          {group.silence && <SilenceLine silence={group.silence} />}
        </div>
        <div className="flex items-start gap-2 max-md:col-span-2">
          <LabelButtons
            title={group.title}
            label={label}
            lacks={lacks}
            onLabel={(next) => actions.label(group, next)}
          />
          <Button
            size="small"
            variant={group.verdict === 'real' ? 'primary' : 'secondary'}
            icon={<Stethoscope aria-hidden className="size-3.5" />}
            busy={diagnosing}
            disabledReason={lacks}
            onClick={() => actions.diagnose(group)}
          >
            Diagnose
          </Button>
        </div>
      </div>
      {expanded && <GroupChildren group={group} />}
    </li>
  )
})

/** A silence always says where it is and when it ends. */
function SilenceLine({ silence }: { silence: NonNullable<AlertGroup['silence']> }) {
  const words = 'silenced in its Alertmanager'
  return (
    <p className="mt-0.5 flex items-center gap-1.5 text-sm text-inconclusive">
      <BellOff aria-hidden className="size-3.5 shrink-0" />
      <span>
        {silence.link.startsWith('/') ? (
          <Link href={silence.link} className="underline underline-offset-2">
            {words}
          </Link>
        ) : (
          words
        )}
        , ends in <Countdown until={silence.until} over="moments" />
      </span>
    </p>
  )
}
