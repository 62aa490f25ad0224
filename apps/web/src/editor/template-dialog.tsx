'use client'
import { useQuery } from '@tanstack/react-query'
import { type Outputs, useApi } from '../ui/api.tsx'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { ErrorState, LoadingRows } from '../ui/states.tsx'
import { answersOf } from './template-answers.ts'

export type RunbookTemplate = Outputs['runbooks']['templates'][number]

/** The runbooks that ship: what each answers, to begin a new one with. */
export function TemplateDialog({
  onChoose,
  onClose,
}: {
  onChoose: (template: RunbookTemplate) => void
  onClose: () => void
}) {
  const api = useApi()
  const templates = useQuery(api.runbooks.templates.queryOptions())
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      size="large"
      title="New from template"
      description="Each is tested, and measured on the demo shop’s incidents. The copy is yours to change."
    >
      {templates.isPending ? (
        <LoadingRows rows={5} label="Loading templates" />
      ) : templates.isError ? (
        <ErrorState
          what="The templates could not be loaded"
          error={templates.error}
          retry={() => void templates.refetch()}
        />
      ) : templates.data.length === 0 ? (
        <p className="text-second">This installation has no templates: its folder of packs is empty.</p>
      ) : (
        <ul className="divide-y divide-line" aria-label="Templates">
          {templates.data.map((template) => (
            <li key={template.name} className="flex items-start gap-4 py-3 first:pt-0 last:pb-0">
              <div className="min-w-0 flex-1">
                <h3 className="text-base font-medium">{template.title}</h3>
                <p className="mt-0.5 text-second">{template.description}</p>
                {template.diagnoses && <p className="mt-1 text-sm text-third">{answersOf(template.diagnoses)}</p>}
              </div>
              <Button onClick={() => onChoose(template)} aria-label={`Use ${template.title}`}>
                Use
              </Button>
            </li>
          ))}
        </ul>
      )}
    </Dialog>
  )
}
