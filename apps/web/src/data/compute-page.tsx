'use client'
/** A question that no measure answers, asked once: filter, group and aggregate over metrics, SQL or raw logs. */
import { useState } from 'react'
import { useSearchParams } from 'next/navigation'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Play, Sigma } from 'lucide-react'
import { useApi } from '../ui/api.tsx'
import { Button } from '../ui/button.tsx'
import { Field, Input, Select } from '../ui/field.tsx'
import { Panel } from '../ui/panel.tsx'
import { useSession } from '../ui/session.ts'
import { useShortcut } from '../ui/shortcuts.ts'
import { EmptyState, ErrorState, LoadingRows } from '../ui/states.tsx'
import { AggregateRows, FilterRows } from './compute-fields.tsx'
import { askOf, type ComputeAsk, type ComputeForm, emptyForm, formProblem } from './compute-form.ts'
import { type Computed, ComputedResult } from './computed-result.tsx'
import { DataShell } from './data-shell.tsx'
import { KeepResult } from './keep-result.tsx'
import { RangePicker } from './range-picker.tsx'
import { SearchPicker } from './search-picker.tsx'
import type { Span } from './time-range.ts'
import { useViewAddress } from './use-view-address.ts'

const steps = [
  { value: '', label: 'One total' },
  { value: '10', label: 'Each 10 s' },
  { value: '60', label: 'Each minute' },
  { value: '300', label: 'Each 5 minutes' },
  { value: '3600', label: 'Each hour' },
  { value: '86400', label: 'Each day' },
]

/** What was asked, when it is answered: neither the chart's axis nor what is kept may move with the clock. */
interface Asked {
  ask: ComputeAsk
  result: Computed
  span: Span
}

export function ComputePage() {
  const api = useApi()
  const params = useSearchParams()
  const view = useViewAddress()
  const { lacks } = useSession()
  const [form, setForm] = useState<ComputeForm>(() => ({ ...emptyForm, ref: params.get('of') ?? '' }))
  const [asked, setAsked] = useState<Asked | null>(null)
  const change = (part: Partial<ComputeForm>): void => setForm((before) => ({ ...before, ...part }))
  const compute = useMutation(api.data.compute.mutationOptions())
  const reason = formProblem(form)
  const lacking = lacks(form.place === 'connection' ? 'editor' : 'operator')
  const run = (): void => {
    if (reason || lacking || compute.isPending) return
    const { span } = view
    const ask = askOf(form, span)
    compute.mutate(ask, { onSuccess: (result) => setAsked({ ask, result, span }) })
  }
  useShortcut({ keys: 'mod+enter', label: 'Compute', group: 'Data', run })
  return (
    <DataShell crumbs={[{ title: 'Compute' }]}>
      <div className="grid items-start gap-4 lg:grid-cols-[380px_minmax(0,1fr)]">
        <Panel title="Question">
          <form
            className="space-y-4"
            onSubmit={(event) => {
              event.preventDefault()
              run()
            }}
          >
            <Place form={form} change={change} />
            <div>
              <p className="mb-1 text-sm font-medium text-second">Time of the lines or rows</p>
              <RangePicker range={view.range} span={view.span} onChange={(range) => view.change({ range })} />
            </div>
            <Entities form={form} change={change} />
            <FilterRows rows={form.filters} onChange={(filters) => change({ filters })} />
            <AggregateRows rows={form.aggregates} onChange={(aggregates) => change({ aggregates })} />
            <div className="grid grid-cols-2 gap-2">
              <Field label="Group by" optional>
                {(control) => (
                  <Input
                    {...control}
                    placeholder="method, status"
                    value={form.groupBy}
                    onChange={(event) => change({ groupBy: event.target.value })}
                  />
                )}
              </Field>
              <Field label="A row">
                {(control) => (
                  <Select {...control} value={form.step} onChange={(step) => change({ step })} options={steps} />
                )}
              </Field>
              <Field label="Only the highest by" optional>
                {(control) => (
                  <Input
                    {...control}
                    placeholder="count"
                    value={form.topBy}
                    onChange={(event) => change({ topBy: event.target.value.trim() })}
                  />
                )}
              </Field>
              <Field label="How many" optional>
                {(control) => (
                  <Input
                    {...control}
                    inputMode="numeric"
                    placeholder="10"
                    value={form.topCount}
                    onChange={(event) => change({ topCount: event.target.value.trim() })}
                  />
                )}
              </Field>
            </div>
            <Button
              type="submit"
              variant="primary"
              shortcut="⌘↵"
              icon={<Play aria-hidden className="size-3.5" />}
              busy={compute.isPending}
              disabledReason={lacking ?? reason}
            >
              Compute
            </Button>
          </form>
        </Panel>
        <Panel
          title="Answer"
          aside={
            asked &&
            !compute.isPending && (
              <KeepResult ask={asked.ask} result={asked.result} onKept={(result) => setAsked({ ...asked, result })} />
            )
          }
        >
          {compute.isPending ? (
            <LoadingRows rows={8} label="Computing" />
          ) : compute.isError ? (
            <ErrorState what="It could not be computed" error={compute.error} retry={run} className="px-0" />
          ) : asked ? (
            <ComputedResult key={`${asked.span.to} ${asked.result.query}`} result={asked.result} span={asked.span} />
          ) : (
            <EmptyState icon={<Sigma aria-hidden />} title="Ask once, without a measure">
              For example: how many calls of payment on the hosts of zone A, 11:00 to 12:00, by method. It reads only,
              within limits of rows, bytes and seconds.
            </EmptyState>
          )}
        </Panel>
      </div>
    </DataShell>
  )
}

interface PartProps {
  form: ComputeForm
  change: (part: Partial<ComputeForm>) => void
}

/** What is read: something of the model, or a place at a connection. */
function Place({ form, change }: PartProps) {
  const api = useApi()
  const catalogue = useQuery(api.catalogue.get.queryOptions(undefined, { staleTime: 60_000 }))
  const connections = catalogue.data?.picks.connections ?? []
  return (
    <>
      <div role="group" aria-label="What is read" className="flex gap-1">
        {(['model', 'connection'] as const).map((place) => (
          <button
            key={place}
            type="button"
            aria-pressed={form.place === place}
            onClick={() => change({ place })}
            className="h-7 rounded-md border border-line px-2.5 text-sm text-second hover:border-line-strong hover:text-ink aria-pressed:border-accent aria-pressed:bg-accent-tint aria-pressed:font-semibold aria-pressed:text-accent"
          >
            {place === 'model' ? 'Of the model' : 'At a connection'}
          </button>
        ))}
      </div>
      {form.place === 'model' ? (
        <Field label="Measure or table">
          {(control) => (
            <SearchPicker
              kind={['measure', 'table']}
              value={form.ref}
              onChange={(ref) => change({ ref })}
              placeholder="Find a measure or table"
              attributes={control}
              testId="compute-ref"
            />
          )}
        </Field>
      ) : (
        <>
          <Field label="Connection">
            {(control) => (
              <Select
                {...control}
                value={form.connection}
                onChange={(connection) => change({ connection })}
                options={[
                  { value: '', label: 'Choose' },
                  ...connections.map(({ name, kind }) => ({ value: name, label: name, note: kind })),
                ]}
              />
            )}
          </Field>
          <Field label="What is read there" hint="A path such as gateway/*.log, or schema.table.">
            {(control) => (
              <Input
                {...control}
                spellCheck={false}
                className="font-mono text-sm"
                value={form.from}
                onChange={(event) => change({ from: event.target.value })}
              />
            )}
          </Field>
          <Field label="Lines are" optional hint="Of logs: logfmt, json, nginx-combined, or a pattern with <fields>.">
            {(control) => (
              <Input
                {...control}
                list="line-formats"
                spellCheck={false}
                className="font-mono text-sm"
                placeholder="<time> <level> <method> <path> <status>"
                value={form.parse}
                onChange={(event) => change({ parse: event.target.value })}
              />
            )}
          </Field>
          <datalist id="line-formats" aria-label="Known formats of lines">
            <option>logfmt</option>
            <option>json</option>
            <option>nginx-combined</option>
          </datalist>
          <Field label="Time field" optional hint="Without it: time.">
            {(control) => (
              <Input {...control} value={form.time} onChange={(event) => change({ time: event.target.value.trim() })} />
            )}
          </Field>
        </>
      )}
    </>
  )
}

function Entities({ form, change }: PartProps) {
  return (
    <div className="grid grid-cols-2 gap-2">
      <Field label="Only those of" optional>
        {(control) => (
          <SearchPicker
            kind="entity"
            value={form.entity}
            onChange={(entity) => change({ entity })}
            placeholder="A service, a zone"
            attributes={control}
          />
        )}
      </Field>
      <Field label="What they are">
        {(control) => (
          <Input
            {...control}
            value={form.entityKind}
            onChange={(event) => change({ entityKind: event.target.value.trim() })}
          />
        )}
      </Field>
      <div className="col-span-2">
        <Field label="Or by name" optional>
          {(control) => (
            <Input
              {...control}
              placeholder="pay-a-1, pay-a-2"
              value={form.entityIds}
              onChange={(event) => change({ entityIds: event.target.value })}
            />
          )}
        </Field>
      </div>
    </div>
  )
}
