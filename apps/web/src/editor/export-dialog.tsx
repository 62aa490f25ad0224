'use client'
import { useEffect, useState } from 'react'
import { useMutation } from '@tanstack/react-query'
import { Copy, Download } from 'lucide-react'
import { type Outputs, useApi } from '../ui/api.tsx'
import { Button } from '../ui/button.tsx'
import { classNames } from '../ui/class-names.ts'
import { Dialog } from '../ui/dialog.tsx'
import { ErrorState, LoadingRows } from '../ui/states.tsx'
import { zipFile } from './zip-file.ts'

type ProjectFile = Outputs['runbooks']['export'][number]

/** What people come to read or to write stands first; the rest carries it. */
const firstFiles = ['src/workflow.ts', 'src/activities.ts', 'README.md']

/** The draft as a TypeScript project that runs without Tenon: to read here, or to download. */
export function ExportDialog({ name, source, close }: { name: string; source: () => string; close: () => void }) {
  const api = useApi()
  const { mutate, data, error } = useMutation(api.runbooks.export.mutationOptions())
  const load = (): void => mutate({ name, source: source() })
  // Once, when it is opened: the draft does not change behind the dialog.
  // oxlint-disable-next-line react-hooks/exhaustive-deps
  useEffect(load, [])
  return (
    <Dialog
      open
      onOpenChange={close}
      size="large"
      title="Export as code"
      description="A Temporal project in TypeScript with this runbook's steps. It runs without Tenon; what it asks and changes is yours to connect."
      footer={
        data && (
          <Button
            variant="primary"
            icon={<Download aria-hidden className="size-3.5" />}
            onClick={() => download(`${name}.zip`, zipFile(data))}
          >
            Download .zip
          </Button>
        )
      }
    >
      {error ? (
        <ErrorState what="This runbook cannot be exported" error={error} retry={load} />
      ) : data ? (
        <Files files={data} />
      ) : (
        <LoadingRows rows={6} label="Writing the project" />
      )}
    </Dialog>
  )
}

function Files({ files }: { files: ProjectFile[] }) {
  const sorted = files.toSorted((a, b) => order(a) - order(b))
  const [path, setPath] = useState(sorted[0]?.path)
  const [copied, setCopied] = useState<'copied' | 'refused' | null>(null)
  const shown = sorted.find((file) => file.path === path)
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(shown?.text ?? '')
      setCopied('copied')
    } catch {
      // Browsers keep the clipboard from pages that are not served over HTTPS.
      setCopied('refused')
    }
  }
  return (
    <div className="flex gap-4 max-sm:flex-col">
      <ul aria-label="Files" className="shrink-0 sm:w-48">
        {sorted.map((file) => (
          <li key={file.path}>
            <button
              type="button"
              aria-current={file.path === path}
              className={classNames(
                'w-full truncate rounded-md px-2 py-1 text-left font-mono text-xs',
                file.path === path ? 'bg-accent-tint text-ink' : 'text-second hover:bg-hover',
              )}
              onClick={() => {
                setPath(file.path)
                setCopied(null)
              }}
            >
              {file.path}
            </button>
          </li>
        ))}
      </ul>
      {shown && (
        <section aria-label={shown.path} className="min-w-0 flex-1">
          <div className="mb-2 flex items-center gap-2">
            <code className="min-w-0 truncate font-mono text-xs text-third">{shown.path}</code>
            <output className="ml-auto text-sm text-third">
              {copied === 'copied' ? 'Copied' : copied === 'refused' ? 'Select the text and copy it.' : ''}
            </output>
            <Button size="small" icon={<Copy aria-hidden className="size-3.5" />} onClick={() => void copy()}>
              Copy
            </Button>
          </div>
          <pre
            // It scrolls, so the keyboard must reach it.
            // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
            tabIndex={0}
            className="max-h-[50vh] overflow-auto rounded-lg border border-line bg-sunken p-3 font-mono text-xs leading-5"
          >
            {shown.text}
          </pre>
        </section>
      )}
    </div>
  )
}

const order = ({ path }: ProjectFile): number => {
  const first = firstFiles.indexOf(path)
  return first === -1 ? firstFiles.length : first
}

function download(name: string, bytes: Uint8Array<ArrayBuffer>): void {
  const url = URL.createObjectURL(new Blob([bytes], { type: 'application/zip' }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  URL.revokeObjectURL(url)
}
