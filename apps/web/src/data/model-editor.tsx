'use client'
/** One file of the model as text: checked with the whole model as it is typed, saved as a revision. */
import { useEffect, useState } from 'react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { History } from 'lucide-react'
import { toast } from 'sonner'
import type { Problem } from '@tenon/runbook'
import { SourceView } from '../editor/source-view.tsx'
import { type Outputs, useApi, useApiClient } from '../ui/api.tsx'
import { Badge } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { plural } from '../ui/figures.ts'
import { reportProblem } from '../ui/report-problem.ts'
import { useSession } from '../ui/session.ts'
import { useShortcut } from '../ui/shortcuts.ts'
import { ErrorState, LoadingRows } from '../ui/states.tsx'
import { ValidateFile } from './validate-file.tsx'
import { ModelHistory } from './model-history.tsx'

type File = Outputs['model']['file']

export function ModelEditor({ path }: { path: string }) {
  const api = useApi()
  const file = useQuery(api.model.file.queryOptions({ path }))
  if (file.isPending) return <LoadingRows rows={8} label={`Loading ${path}`} />
  if (!file.data)
    return <ErrorState what={`${path} could not be loaded`} error={file.error} retry={() => void file.refetch()} />
  return <Loaded file={file.data} newest={file.data.revision} />
}

/** What was loaded when the editing began; `newest` is the revision that the server has now. */
function Loaded({ file, newest }: { file: File; newest: number }) {
  const api = useApi()
  const queries = useQueryClient()
  const { lacks } = useSession()
  const [base, setBase] = useState(file)
  const [text, setText] = useState(file.text)
  const [history, setHistory] = useState(false)
  const dirty = text !== base.text
  const behind = newest > base.revision
  // Nothing of one's own is at stake: the newer text is simply shown.
  if (behind && !dirty) {
    setBase(file)
    setText(file.text)
  }
  const generated = file.generated
  const check = useCheck(file.path, text, dirty)
  const save = useMutation(
    api.model.save.mutationOptions({
      onSuccess: (answer, { text: saved }) => {
        if (!answer.saved) {
          toast.error('Not saved', { description: `${plural(answer.problems.length, 'problem')} to mend first.` })
          return
        }
        setBase({ ...base, text: saved, revision: answer.revision })
        toast.success(`Saved as revision ${answer.revision}`)
        void queries.invalidateQueries({ queryKey: api.model.pathKey() })
        void queries.invalidateQueries({ queryKey: api.data.pathKey() })
      },
      onError: reportProblem('Not saved'),
    }),
  )
  const reason = generated
    ? 'Discovery writes this file. Write what differs into a file of your own: it goes before.'
    : (lacks('editor') ??
      (!dirty ? 'Nothing has changed.' : check.problems.length > 0 ? 'Mend the problems first.' : null))
  const saveNow = (): void => {
    if (!reason && !save.isPending) save.mutate({ path: file.path, text, revision: base.revision })
  }
  useShortcut({ keys: 'mod+s', label: 'Save the file', group: 'Model', run: saveNow })
  useLeaveWarning(dirty)
  return (
    <>
      <div className="flex flex-wrap items-center gap-2 border-b border-line bg-panel px-4 py-2">
        <h2 className="min-w-0 truncate font-mono text-sm font-semibold">{file.path}</h2>
        <span className="text-sm text-third">revision {base.revision}</span>
        {generated ? <Badge>read only</Badge> : dirty ? <Badge tone="waiting">changed</Badge> : null}
        <div className="ml-auto flex items-center gap-2">
          <CheckState check={check} />
          <ValidateFile
            path={file.path}
            reason={lacks('editor') ?? (dirty ? 'Save first: what is saved is asked.' : null)}
          />
          <Button size="small" icon={<History aria-hidden className="size-3.5" />} onClick={() => setHistory(true)}>
            History
          </Button>
          <Button
            size="small"
            variant="primary"
            shortcut="⌘S"
            busy={save.isPending}
            disabledReason={reason}
            onClick={saveNow}
          >
            Save
          </Button>
        </div>
      </div>
      {behind && dirty && (
        <p className="border-b border-line bg-inconclusive-tint px-4 py-1.5 text-sm text-inconclusive">
          Revision {newest} was saved meanwhile: yours began with {base.revision} and cannot be saved over it.{' '}
          <button
            type="button"
            className="font-semibold underline underline-offset-2"
            onClick={() => {
              setBase(file)
              setText(file.text)
            }}
          >
            Take the newer text and lose yours
          </button>
        </p>
      )}
      {generated && (
        <p className="border-b border-line px-4 py-1.5 text-sm text-second">
          Discovery writes this file. What you write about the same entity or measure in a file of your own goes before
          it.
        </p>
      )}
      <SourceView
        label={`${file.path} as YAML`}
        source={text}
        problems={check.problems}
        readOnly={generated || lacks('editor') !== null}
        onChange={setText}
      />
      {history && (
        <ModelHistory
          path={file.path}
          close={() => setHistory(false)}
          onTake={(older) => {
            setHistory(false)
            setText(older)
          }}
          takeReason={generated ? 'Discovery writes this file.' : lacks('editor')}
        />
      )}
    </>
  )
}

interface Check {
  state: 'unchanged' | 'checking' | 'checked' | 'failed'
  problems: Problem[]
}

/** Long enough that a word is written in it, short enough to feel at once. */
const typingMs = 350

/** What the server says of the whole model with this text in it. */
function useCheck(path: string, text: string, dirty: boolean): Check {
  const client = useApiClient()
  const [answer, setAnswer] = useState<{ of: string; problems: Problem[] | null } | null>(null)
  useEffect(() => {
    if (!dirty) return
    const abort = new AbortController()
    const timer = setTimeout(() => {
      client.model.check.mutate({ path, text }, { signal: abort.signal }).then(
        ({ problems }) => setAnswer({ of: text, problems: problems.map((one) => toProblem(one, path)) }),
        () => {
          if (!abort.signal.aborted) setAnswer({ of: text, problems: null })
        },
      )
    }, typingMs)
    return () => {
      clearTimeout(timer)
      abort.abort()
    }
  }, [client, path, text, dirty])
  if (!dirty) return { state: 'unchanged', problems: [] }
  // While the next answer is on its way the one before stays: problems that blink are not read.
  const problems = answer?.problems ?? []
  if (answer?.of !== text) return { state: 'checking', problems }
  return { state: answer.problems === null ? 'failed' : 'checked', problems }
}

type ServerProblem = Outputs['model']['check']['problems'][number]

function toProblem({ path: file, line, message, fix }: ServerProblem, path: string): Problem {
  const here = file === path
  return {
    code: 'bad-model',
    severity: 'error',
    message: here ? message : `${file}${line === null ? '' : `:${line}`}: ${message}`,
    fix,
    path: [file, line ?? 0],
    ...(here && line !== null ? { position: { line, column: 1, endLine: line, endColumn: 10_000 } } : {}),
  }
}

function CheckState({ check: { state, problems } }: { check: Check }) {
  switch (state) {
    case 'unchanged':
      return null
    case 'checking':
      return <span className="text-sm text-third">checking…</span>
    case 'failed':
      return <Badge tone="inconclusive">not checked</Badge>
    case 'checked':
      return problems.length === 0 ? (
        <Badge tone="normal">no problems</Badge>
      ) : (
        <Badge tone="abnormal">{plural(problems.length, 'problem')}</Badge>
      )
  }
}

/** The browser asks before a tab with unsaved text is closed. */
function useLeaveWarning(dirty: boolean): void {
  useEffect(() => {
    if (!dirty) return
    const warn = (event: BeforeUnloadEvent): void => event.preventDefault()
    addEventListener('beforeunload', warn)
    return () => removeEventListener('beforeunload', warn)
  }, [dirty])
}
