'use client'
import { type FormEvent, useId, useState } from 'react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { toast } from 'sonner'
import { useApi } from '../ui/api.tsx'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Field, Input, Select, TextArea } from '../ui/field.tsx'
import { reportProblem } from '../ui/report-problem.ts'
import { Shape } from '../ui/shape.tsx'
import { confirmWord, glassMinutes, held, isConfirmed, lifted } from './glass-words.ts'

const times = glassMinutes.map((minutes) => ({ value: String(minutes), label: `${minutes} min` }))

/** Asks an admin why, for how long, and to type it out. */
export function BreakGlass({ close }: { close: () => void }) {
  const api = useApi()
  const client = useQueryClient()
  const form = useId()
  const [reason, setReason] = useState('')
  const [minutes, setMinutes] = useState('20')
  const [typed, setTyped] = useState('')
  const paging = useQuery(api.settings.paging.get.queryOptions())
  const breaking = useMutation(
    api.writes.breakGlass.mutationOptions({
      onSuccess: () => {
        toast.success(`The glass is broken for ${minutes} min`)
        close()
      },
      onError: reportProblem('The glass was not broken'),
      onSettled: () => client.invalidateQueries({ queryKey: api.writes.pathKey() }),
    }),
  )
  const missing =
    reason.trim() === '' ? 'Say why first: everyone is told.' : isConfirmed(typed) ? null : `Type “${confirmWord}”.`
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (missing === null) breaking.mutate({ reason: reason.trim(), minutes: Number(minutes) })
  }
  return (
    <Dialog
      open
      onOpenChange={close}
      size="medium"
      title="Break the glass?"
      description="For an emergency in which the limits stand in the way. It ends by itself, and is in the audit log."
      footer={
        <>
          <Button onClick={close}>Cancel</Button>
          <Button variant="danger-solid" type="submit" form={form} busy={breaking.isPending} disabledReason={missing}>
            Break for {minutes} min
          </Button>
        </>
      }
    >
      <form id={form} className="space-y-4" onSubmit={submit}>
        <GlassEffect />
        <div className="grid gap-3 sm:grid-cols-[1fr_8rem]">
          <Field label="Why">
            {(control) => (
              <TextArea
                {...control}
                rows={2}
                className="w-full"
                value={reason}
                maxLength={400}
                onChange={(event) => setReason(event.target.value)}
              />
            )}
          </Field>
          <Field label="For">
            {(control) => (
              <Select {...control} className="w-full" value={minutes} onChange={setMinutes} options={times} />
            )}
          </Field>
        </div>
        <Field label={`Type “${confirmWord}”`}>
          {(control) => (
            <Input
              {...control}
              className="w-full font-mono"
              spellCheck={false}
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
            />
          )}
        </Field>
        <p className="text-sm text-second">
          Told at once: everyone’s inbox
          {paging.data?.channel ? (
            <>
              , and <b className="font-semibold">{paging.data.channel.connection}</b>
              {paging.data.trouble && ', which did not take the last notice'}.
            </>
          ) : paging.data ? (
            '. No channel of critical notices is set in Settings, Actions.'
          ) : (
            '.'
          )}
        </p>
      </form>
    </Dialog>
  )
}

/** What it lifts, and what holds all the same. */
export function GlassEffect() {
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      <EffectList title="Lifted" items={lifted} shape="dash" tone="text-abnormal" />
      <EffectList title="Holds all the same" items={held} shape="check" tone="text-normal" />
    </div>
  )
}

function EffectList(props: { title: string; items: readonly string[]; shape: 'dash' | 'check'; tone: string }) {
  const { title, items, shape, tone } = props
  return (
    <section aria-label={title} className="rounded-lg border border-line px-3 py-2">
      <h3 className="text-sm font-medium text-second">{title}</h3>
      <ul className="mt-1 space-y-0.5">
        {items.map((item) => (
          <li key={item} className="flex items-baseline gap-2">
            <span className={tone}>
              <Shape name={shape} />
            </span>
            {item}
          </li>
        ))}
      </ul>
    </section>
  )
}
