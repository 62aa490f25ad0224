'use client'
/** The model as files: what people wrote and what discovery found, edited, checked, and proposed changes decided on. */
import { useState } from 'react'
import { useRouter, useSearchParams } from 'next/navigation'
import { useQuery } from '@tanstack/react-query'
import { FileCode2, FilePlus2, Radar } from 'lucide-react'
import { type Outputs, useApi } from '../ui/api.tsx'
import { StateMark } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { classNames } from '../ui/class-names.ts'
import { useSession } from '../ui/session.ts'
import { EmptyState, ErrorState, LoadingRows, StaleBanner } from '../ui/states.tsx'
import { Time } from '../ui/time.tsx'
import { DataShell } from './data-shell.tsx'
import { DiscoverDialog } from './discover-dialog.tsx'
import { ModelEditor } from './model-editor.tsx'
import { NewFileDialog } from './new-file-dialog.tsx'
import { ProposalView } from './proposal-view.tsx'

type File = Outputs['model']['files'][number]
type Proposal = Outputs['model']['proposals'][number]
type Open = { kind: 'file'; path: string } | { kind: 'proposal'; id: string } | null

export function ModelPage() {
  const api = useApi()
  const params = useSearchParams()
  const router = useRouter()
  const { lacks } = useSession()
  const [dialog, setDialog] = useState<'new' | 'discover' | null>(null)
  const files = useQuery(api.model.files.queryOptions())
  const proposals = useQuery(api.model.proposals.queryOptions())
  const state = useQuery(api.model.state.queryOptions())
  const open = openOf(params, files.data)
  const openFile = (path: string): void => router.push(`/data/model?${new URLSearchParams({ file: path })}`)
  const openProposal = (id: string): void => router.push(`/data/model?${new URLSearchParams({ proposal: id })}`)
  return (
    <DataShell
      crumbs={[{ title: 'Model' }]}
      fill
      actions={
        <>
          <Button
            icon={<FilePlus2 aria-hidden className="size-3.5" />}
            disabledReason={lacks('editor')}
            onClick={() => setDialog('new')}
          >
            New file
          </Button>
          <Button
            variant="primary"
            icon={<Radar aria-hidden className="size-3.5" />}
            disabledReason={lacks('editor')}
            onClick={() => setDialog('discover')}
          >
            Discover…
          </Button>
        </>
      }
    >
      {state.data?.refusal && (
        <StaleBanner retry={() => void state.refetch()}>
          The newest model is not used: {state.data.refusal.message} {state.data.refusal.fix}
        </StaleBanner>
      )}
      <div className="flex min-h-0 flex-1 max-md:flex-col">
        <aside
          aria-label="Files and proposals"
          className="w-64 shrink-0 overflow-y-auto border-r border-line bg-panel py-2 max-md:max-h-52 max-md:w-full max-md:border-r-0 max-md:border-b"
        >
          {files.data ? (
            <>
              <ProposalList proposals={proposals.data ?? []} open={open} onOpen={openProposal} />
              <FileList
                title="Written by people"
                files={files.data.filter(({ generated }) => !generated)}
                open={open}
                onOpen={openFile}
              />
              <FileList
                title="Found by discovery"
                files={files.data.filter(({ generated }) => generated)}
                open={open}
                onOpen={openFile}
              />
            </>
          ) : files.isError ? (
            <ErrorState what="The files could not be loaded" error={files.error} retry={() => void files.refetch()} />
          ) : (
            <LoadingRows rows={5} label="Loading the files" />
          )}
        </aside>
        <div className="flex min-h-0 min-w-0 flex-1 flex-col">
          {open?.kind === 'file' ? (
            <ModelEditor key={open.path} path={open.path} />
          ) : open?.kind === 'proposal' ? (
            <ProposalView key={open.id} id={open.id} />
          ) : (
            files.data && (
              <EmptyState icon={<FileCode2 aria-hidden />} title="The model is empty">
                Discover what a source has, or write the first file by hand.
              </EmptyState>
            )
          )}
        </div>
      </div>
      {dialog === 'new' && (
        <NewFileDialog
          taken={files.data?.map(({ path }) => path) ?? []}
          close={() => setDialog(null)}
          onCreated={(path) => {
            setDialog(null)
            openFile(path)
          }}
        />
      )}
      {dialog === 'discover' && (
        <DiscoverDialog
          close={() => setDialog(null)}
          onProposed={(id) => {
            setDialog(null)
            openProposal(id)
          }}
        />
      )}
    </DataShell>
  )
}

/** What the address asks for, else the first file that people wrote. */
function openOf(params: Pick<URLSearchParams, 'get'>, files: readonly File[] | undefined): Open {
  const [proposal, path] = [params.get('proposal'), params.get('file')]
  if (proposal) return { kind: 'proposal', id: proposal }
  if (path) return { kind: 'file', path }
  const first = files?.find(({ generated }) => !generated) ?? files?.[0]
  return first ? { kind: 'file', path: first.path } : null
}

const rowClass = 'flex w-full items-center gap-2 px-4 py-1.5 text-left hover:bg-hover'

function FileList({
  title,
  files,
  open,
  onOpen,
}: {
  title: string
  files: readonly File[]
  open: Open
  onOpen: (path: string) => void
}) {
  if (files.length === 0) return null
  return (
    <section className="mb-3">
      <h2 className="px-4 py-1 text-sm font-semibold text-third">{title}</h2>
      <ul>
        {files.map(({ path, revision, updatedAt }) => {
          const current = open?.kind === 'file' && open.path === path
          return (
            <li key={path}>
              <button
                type="button"
                aria-current={current ? 'page' : undefined}
                onClick={() => onOpen(path)}
                className={classNames(rowClass, current && 'bg-accent-tint font-semibold text-accent')}
              >
                <span className="min-w-0 flex-1 truncate" title={path}>
                  {path}
                </span>
                <span className="shrink-0 text-xs font-normal text-third">
                  r{revision} <Time at={updatedAt} show="relative" />
                </span>
              </button>
            </li>
          )
        })}
      </ul>
    </section>
  )
}

function ProposalList({
  proposals,
  open,
  onOpen,
}: {
  proposals: readonly Proposal[]
  open: Open
  onOpen: (id: string) => void
}) {
  const waiting = proposals.filter(({ state }) => state === 'open' || state === 'running')
  if (waiting.length === 0) return null
  return (
    <section className="mb-3">
      <h2 className="px-4 py-1 text-sm font-semibold text-third">Proposals</h2>
      <ul>
        {waiting.map(({ id, source, state, createdAt }) => {
          const current = open?.kind === 'proposal' && open.id === id
          return (
            <li key={id}>
              <button
                type="button"
                aria-current={current ? 'page' : undefined}
                onClick={() => onOpen(id)}
                className={classNames(rowClass, current && 'bg-accent-tint font-semibold text-accent')}
              >
                <StateMark
                  tone={state === 'running' ? 'running' : 'waiting'}
                  label={state === 'running' ? 'reading the source' : 'to decide'}
                />
                <span className="min-w-0 truncate">{source}</span>
                <Time at={createdAt} show="relative" className="ml-auto text-xs font-normal text-third" />
              </button>
            </li>
          )
        })}
      </ul>
    </section>
  )
}
