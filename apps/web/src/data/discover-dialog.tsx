'use client'
import { useState } from 'react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useApi } from '../ui/api.tsx'
import { Button, ButtonLink } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Field, Select } from '../ui/field.tsx'
import { reportProblem } from '../ui/report-problem.ts'
import { ErrorState, LoadingRows } from '../ui/states.tsx'

/** Looks at what a source has; what it finds is a proposal, and nothing changes until someone accepts it. */
export function DiscoverDialog({ close, onProposed }: { close: () => void; onProposed: (id: string) => void }) {
  const api = useApi()
  const queries = useQueryClient()
  const catalogue = useQuery(api.catalogue.get.queryOptions(undefined, { staleTime: 60_000 }))
  const [chosen, setChosen] = useState('')
  const sources = catalogue.data?.picks.connections.filter(({ canDiscover }) => canDiscover) ?? []
  const connection = chosen || (sources[0]?.name ?? '')
  const discover = useMutation(
    api.model.discover.mutationOptions({
      onSuccess: async ({ proposalId }) => {
        await queries.invalidateQueries({ queryKey: api.model.pathKey() })
        onProposed(proposalId)
      },
      onError: reportProblem('Nothing was discovered'),
    }),
  )
  return (
    <Dialog
      open
      onOpenChange={close}
      title="Discover what a source has"
      description="It only reads. What it finds is shown as changes of the model, which you accept or not."
      footer={
        <Button
          variant="primary"
          busy={discover.isPending}
          disabledReason={connection === '' ? 'Choose a connection.' : null}
          onClick={() => discover.mutate({ connection })}
        >
          {discover.isPending ? 'Reading the source…' : 'Discover'}
        </Button>
      }
    >
      {catalogue.isPending ? (
        <LoadingRows rows={2} label="Loading the connections" />
      ) : catalogue.isError ? (
        <ErrorState what="The connections could not be loaded" error={catalogue.error} className="px-0" />
      ) : sources.length === 0 ? (
        <p className="text-second">
          No connection can be read for what it has.{' '}
          <ButtonLink size="small" href="/settings">
            Connect a source
          </ButtonLink>
        </p>
      ) : (
        <Field label="Connection" hint="A store of 50,000 metrics takes about a minute or two.">
          {(control) => (
            <Select
              {...control}
              value={connection}
              onChange={setChosen}
              options={sources.map(({ name, kind }) => ({ value: name, label: name, note: kind }))}
            />
          )}
        </Field>
      )}
    </Dialog>
  )
}
