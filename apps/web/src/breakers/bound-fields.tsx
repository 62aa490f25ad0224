'use client'
import { Plus, X } from 'lucide-react'
import { SearchPicker } from '../data/search-picker.tsx'
import { Button, IconButton } from '../ui/button.tsx'
import { Field, Input } from '../ui/field.tsx'
import { type BoundDraft, emptyBound, readBound } from './bound-draft.ts'

const mostBounds = 20

/** The bounds of a new breaker, one under the other. */
export function BoundFields({ drafts, onChange }: { drafts: BoundDraft[]; onChange: (drafts: BoundDraft[]) => void }) {
  return (
    <div className="space-y-3">
      {drafts.map((draft, index) => (
        <BoundField
          key={index}
          draft={draft}
          place={drafts.length > 1 ? ` ${index + 1}` : ''}
          onChange={(next) => onChange(drafts.with(index, next))}
          remove={drafts.length > 1 ? () => onChange(drafts.toSpliced(index, 1)) : null}
        />
      ))}
      {drafts.length < mostBounds && (
        <Button
          size="small"
          icon={<Plus aria-hidden className="size-3.5" />}
          onClick={() => onChange([...drafts, emptyBound])}
        >
          Another bound
        </Button>
      )}
    </div>
  )
}

interface BoundFieldProps {
  draft: BoundDraft
  place: string
  onChange: (draft: BoundDraft) => void
  remove: (() => void) | null
}

function BoundField({ draft, place, onChange, remove }: BoundFieldProps) {
  const set = (field: 'measure' | 'where' | 'minimum' | 'maximum') => (event: { target: { value: string } }) =>
    onChange({ ...draft, [field]: event.target.value })
  const read = readBound(draft)
  // What is not begun is not wrong yet.
  const begun = draft.measure !== '' && (draft.minimum !== '' || draft.maximum !== '')
  return (
    <fieldset className="rounded-lg border border-line px-3 pt-2 pb-3">
      <div className="flex items-center gap-2">
        <legend className="float-left text-sm font-medium text-second">Bound{place}</legend>
        <label className="ml-auto flex min-h-8 items-center gap-1.5 text-sm text-second">
          <input
            type="checkbox"
            checked={draft.pushed}
            onChange={({ target }) => onChange({ ...draft, pushed: target.checked, measure: '' })}
          />
          Values are pushed only
        </label>
        {remove && (
          <IconButton label={`Remove bound${place}`} size="small" variant="ghost" onClick={remove}>
            <X aria-hidden className="size-4" />
          </IconButton>
        )}
      </div>
      <div className="grid gap-x-3 gap-y-2 sm:grid-cols-2">
        <div className="[&_input]:w-full">
          <Field label="Measure">
            {(control) =>
              draft.pushed ? (
                <Input
                  {...control}
                  className="font-mono"
                  placeholder="loadtest.error-share"
                  value={draft.measure}
                  onChange={set('measure')}
                />
              ) : (
                <SearchPicker
                  kind="measure"
                  value={draft.measure}
                  onChange={(measure) => onChange({ ...draft, measure })}
                  attributes={control}
                />
              )
            }
          </Field>
        </div>
        <Field label="Only of" optional>
          {(control) => (
            <Input
              {...control}
              className="w-full font-mono"
              placeholder="zone=B"
              value={draft.where}
              onChange={set('where')}
            />
          )}
        </Field>
        <Field label="Minimum">
          {(control) => (
            <Input
              {...control}
              inputMode="decimal"
              className="w-full font-mono"
              placeholder="0.98 for 98 %"
              value={draft.minimum}
              onChange={set('minimum')}
            />
          )}
        </Field>
        <Field label="Maximum">
          {(control) => (
            <Input
              {...control}
              inputMode="decimal"
              className="w-full font-mono"
              placeholder="none"
              value={draft.maximum}
              onChange={set('maximum')}
            />
          )}
        </Field>
      </div>
      {begun && 'problem' in read && <p className="mt-1 text-sm text-abnormal">{read.problem}</p>}
    </fieldset>
  )
}
