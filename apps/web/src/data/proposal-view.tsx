'use client'
/** What discovery would change in the model: all of it, some of it or none is accepted. */
import { useMemo, useState } from 'react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { toast } from 'sonner'
import { type Outputs, useApi } from '../ui/api.tsx'
import { Badge } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { Input } from '../ui/field.tsx'
import { plural } from '../ui/figures.ts'
import { personName } from '../ui/person-name.ts'
import { reportProblem } from '../ui/report-problem.ts'
import { useSession } from '../ui/session.ts'
import { ErrorState, LoadingRows } from '../ui/states.tsx'
import { Time } from '../ui/time.tsx'
import {
  acceptedKeys,
  changeNote,
  countWords,
  findChanges,
  type ProposedChange,
  readChanges,
  sections,
} from './proposed-changes.ts'

type Proposal = Outputs['model']['proposal']

const runningMs = 1_500

export function ProposalView({ id }: { id: string }) {
  const api = useApi()
  const proposal = useQuery(
    api.model.proposal.queryOptions(
      { id },
      { refetchInterval: ({ state }) => (state.data?.state === 'running' ? runningMs : false) },
    ),
  )
  if (proposal.isPending) return <LoadingRows rows={8} label="Loading the proposal" />
  if (!proposal.data)
    return (
      <ErrorState
        what="The proposal could not be loaded"
        error={proposal.error}
        retry={() => void proposal.refetch()}
      />
    )
  return <Found proposal={proposal.data} />
}

const tones = {
  running: 'running',
  open: 'waiting',
  accepted: 'normal',
  rejected: 'cancelled',
  failed: 'abnormal',
} as const
const words = {
  running: 'reading the source',
  open: 'to decide',
  accepted: 'accepted',
  rejected: 'rejected',
  failed: 'failed',
} as const

function Found({ proposal }: { proposal: Proposal }) {
  const { source, state, summary, error, notes, createdAt, createdBy, decidedBy, decidedAt } = proposal
  const changes = useMemo(() => readChanges(proposal.changes), [proposal.changes])
  return (
    <>
      <div className="border-b border-line bg-panel px-4 py-2" data-testid="proposal">
        <div className="flex flex-wrap items-center gap-2">
          <h2 className="font-semibold">What {source} has</h2>
          <Badge tone={tones[state]}>{words[state]}</Badge>
          <span className="text-sm text-third">
            by {personName(createdBy)}, <Time at={createdAt} />
          </span>
        </div>
        <p className="text-second">{summary}</p>
        {decidedBy && decidedAt && (
          <p className="text-sm text-second">
            {words[state]} by {personName(decidedBy)}, <Time at={decidedAt} />
          </p>
        )}
        {error && <p className="text-sm text-abnormal">{error.fix}</p>}
        {notes.length > 0 && (
          <details className="text-sm text-second">
            <summary className="w-fit cursor-pointer">{plural(notes.length, 'note')}</summary>
            <ul className="max-h-40 list-disc overflow-y-auto pl-4">
              {notes.slice(0, mostNotes).map((note) => (
                <li key={note}>{note}</li>
              ))}
            </ul>
          </details>
        )}
      </div>
      {state === 'open' && changes.length === 0 ? (
        <p className="px-4 py-4 text-second">The model says all of it already: there is nothing to accept.</p>
      ) : (
        changes.length > 0 && <Changes id={proposal.id} changes={changes} open={state === 'open'} />
      )}
    </>
  )
}

const mostNotes = 200
/** Of a section at first: nobody reads 50,000 lines, and the search finds the rest. */
const mostShown = 100

function Changes({ id, changes, open }: { id: string; changes: ProposedChange[]; open: boolean }) {
  const api = useApi()
  const queries = useQueryClient()
  const { lacks } = useSession()
  const [text, setText] = useState('')
  const [leftOut, setLeftOut] = useState<ReadonlySet<string>>(new Set())
  const found = useMemo(() => findChanges(changes, text), [changes, text])
  const { only, count } = acceptedKeys(changes, leftOut)
  const done = (word: string) => () => {
    toast.success(word)
    void queries.invalidateQueries({ queryKey: api.model.pathKey() })
    void queries.invalidateQueries({ queryKey: api.data.pathKey() })
  }
  const accept = useMutation(
    api.model.accept.mutationOptions({
      onSuccess: done(
        count === 1 ? 'One change is in the model' : `${count.toLocaleString('en-GB')} changes are in the model`,
      ),
      onError: reportProblem('Nothing was accepted'),
    }),
  )
  const reject = useMutation(
    api.model.reject.mutationOptions({ onSuccess: done('Rejected'), onError: reportProblem('Not rejected') }),
  )
  const leave = (keys: readonly string[], out: boolean): void => {
    const next = new Set(leftOut)
    for (const key of keys) {
      if (out) next.add(key)
      else next.delete(key)
    }
    setLeftOut(next)
  }
  return (
    <>
      <div className="flex flex-wrap items-center gap-2 border-b border-line bg-panel px-4 py-2">
        <div className="w-64 max-w-full">
          <Input
            aria-label="Find a change"
            placeholder="Find a change"
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        </div>
        <span className="text-sm text-third">{countWords(found)}</span>
        {open && (
          <div className="ml-auto flex gap-2">
            <Button
              variant="danger"
              busy={reject.isPending}
              disabledReason={lacks('editor')}
              onClick={() => reject.mutate({ id })}
            >
              Reject all
            </Button>
            <Button
              variant="primary"
              busy={accept.isPending}
              disabledReason={lacks('editor') ?? (count === 0 ? 'Choose at least one.' : null)}
              onClick={() => accept.mutate({ id, ...(only ? { only } : {}) })}
            >
              {only
                ? `Accept ${count.toLocaleString('en-GB')} of ${changes.length.toLocaleString('en-GB')}`
                : `Accept all ${count.toLocaleString('en-GB')}`}
            </Button>
          </div>
        )}
      </div>
      <div className="min-h-0 flex-1 overflow-y-auto bg-panel">
        {sections.map(({ value, title }) => {
          const own = found.filter(({ section }) => section === value)
          return own.length === 0 ? null : (
            <SectionList key={value} title={title} changes={own} open={open} leftOut={leftOut} onLeave={leave} />
          )
        })}
        {found.length === 0 && <p className="px-4 py-4 text-second">No change has these words.</p>}
      </div>
    </>
  )
}

interface SectionProps {
  title: string
  changes: ProposedChange[]
  open: boolean
  leftOut: ReadonlySet<string>
  onLeave: (keys: readonly string[], out: boolean) => void
}

function SectionList({ title, changes, open, leftOut, onLeave }: SectionProps) {
  const [most, setMost] = useState(mostShown)
  const keys = changes.map(({ key }) => key)
  const taken = keys.filter((key) => !leftOut.has(key)).length
  return (
    <section aria-label={title}>
      <h3 className="sticky top-0 z-10 flex items-center gap-2 border-y border-line bg-sunken px-4 py-1 text-sm font-semibold text-second first:border-t-0">
        {open && (
          <input
            type="checkbox"
            aria-label={`All of ${title}`}
            className="size-3.5 accent-accent"
            checked={taken === keys.length}
            ref={(box) => {
              if (box) box.indeterminate = taken > 0 && taken < keys.length
            }}
            onChange={(event) => onLeave(keys, !event.target.checked)}
          />
        )}
        {title}
        <span className="font-normal text-third">{countWords(changes)}</span>
      </h3>
      <ul>
        {changes.slice(0, most).map((change) => (
          <ChangeRow
            key={change.key}
            change={change}
            open={open}
            taken={!leftOut.has(change.key)}
            onTake={(take) => onLeave([change.key], !take)}
          />
        ))}
      </ul>
      {changes.length > most && (
        <div className="flex justify-center border-t border-line py-2">
          <Button size="small" onClick={() => setMost(most + 10 * mostShown)}>
            Show more of {changes.length.toLocaleString('en-GB')}
          </Button>
        </div>
      )}
    </section>
  )
}

const ops = {
  add: { sign: '+', word: 'new', tone: 'text-normal' },
  change: { sign: '~', word: 'changed', tone: 'text-running' },
  remove: { sign: '−', word: 'gone', tone: 'text-abnormal' },
} as const

function ChangeRow({
  change,
  open,
  taken,
  onTake,
}: {
  change: ProposedChange
  open: boolean
  taken: boolean
  onTake: (take: boolean) => void
}) {
  const { key, op, title, before, after } = change
  const { sign, word, tone } = ops[op]
  return (
    <li className="flex gap-2 border-t border-line px-4 py-1 first:border-t-0" data-testid={`change-${key}`}>
      {open && (
        <input
          type="checkbox"
          aria-label={`Take: ${title}`}
          className="mt-1 size-3.5 shrink-0 accent-accent"
          checked={taken}
          onChange={(event) => onTake(event.target.checked)}
        />
      )}
      <span aria-hidden className={`w-3 shrink-0 text-center font-mono ${tone}`}>
        {sign}
      </span>
      <details className="min-w-0 flex-1">
        <summary className="cursor-pointer truncate">
          <span className="sr-only">{word}: </span>
          {title} <span className="text-sm text-third">{changeNote(change)}</span>
        </summary>
        <div className="grid gap-2 py-1 md:grid-cols-2">
          {before !== undefined && <Text title="before" value={before} />}
          {after !== undefined && <Text title="after" value={after} />}
        </div>
      </details>
    </li>
  )
}

function Text({ title, value }: { title: string; value: unknown }) {
  return (
    <div className="min-w-0">
      <p className="text-sm text-third">{title}</p>
      <pre className="max-h-60 overflow-auto rounded-md border border-line bg-sunken p-2 font-mono text-sm">
        {typeof value === 'string' ? value : JSON.stringify(value, null, 2)}
      </pre>
    </div>
  )
}
