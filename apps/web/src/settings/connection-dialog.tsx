'use client'
import { type FormEvent, useId, useState } from 'react'
import { useMutation } from '@tanstack/react-query'
import { toast } from 'sonner'
import { useApi } from '../ui/api.tsx'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Field, Input, Select } from '../ui/field.tsx'
import { readProblem } from '../ui/problem.ts'
import type { ConnectionRow } from './connection-row.ts'

type Kind = ConnectionRow['kind']

const kinds: { value: Kind; label: string; note: string; example: string; secret: string }[] = [
  {
    value: 'prometheus',
    label: 'Prometheus API',
    note: 'Prometheus, VictoriaMetrics, Thanos, Mimir',
    example: 'http://prometheus:9090',
    secret: 'A bearer token, or user:password.',
  },
  {
    value: 'postgres',
    label: 'PostgreSQL',
    note: 'Tables and views, read only',
    example: 'postgres://orders-db:5432/orders',
    secret: 'user:password. Give it a user that may only read.',
  },
  {
    value: 'mysql',
    label: 'MySQL',
    note: 'MySQL and MariaDB, read only',
    example: 'mysql://orders-db:3306/orders',
    secret: 'user:password. Give it a user that may only read.',
  },
  {
    value: 'clickhouse',
    label: 'ClickHouse',
    note: 'Tables and views, read only',
    example: 'http://clickhouse:8123',
    secret: 'user:password. Give it a user that may only read.',
  },
  {
    value: 'loki',
    label: 'Loki',
    note: 'Logs, counted and measured',
    example: 'http://loki:3100',
    secret: 'A bearer token, or user:password.',
  },
  {
    value: 'elasticsearch',
    label: 'Elasticsearch',
    note: 'Elasticsearch and OpenSearch',
    example: 'https://elasticsearch:9200',
    secret: 'user:password, or an API key.',
  },
  {
    value: 'http-json',
    label: 'HTTP JSON',
    note: 'Any API that answers with numbers in JSON',
    example: 'https://status.example.com/api',
    secret: 'A bearer token, or user:password.',
  },
  {
    value: 'alertmanager',
    label: 'Alertmanager',
    note: 'Which alerts fire now',
    example: 'http://alertmanager:9093',
    secret: 'A bearer token, or user:password.',
  },
  {
    value: 'kubernetes',
    label: 'Kubernetes',
    note: 'Workloads and their states',
    example: 'https://kubernetes.default.svc',
    secret: 'The token of a service account that may only read.',
  },
  {
    value: 'files',
    label: 'Files and logs',
    note: 'CSV, JSON, Parquet and logs of a folder',
    example: '/data/logs, below the folder that TENON_FILES_DIR names',
    secret: 'Files need none.',
  },
  {
    value: 'backstage',
    label: 'Backstage',
    note: 'Which components, systems and owners there are',
    example: 'https://backstage.example.com',
    secret: 'A bearer token that may read the catalogue.',
  },
  {
    value: 'haproxy',
    label: 'HAProxy',
    note: 'Runtime API of level admin',
    example: 'tcp://haproxy:9999',
    secret: 'HAProxy’s Runtime API takes none.',
  },
  {
    value: 'http-edge',
    label: 'HTTP edge',
    note: 'An edge with an admin API',
    example: 'http://edge:8404',
    secret: 'A bearer token.',
  },
  {
    value: 'nginx',
    label: 'nginx',
    note: 'Limits and settings by files, without a reload',
    example: 'http://nginx:8405',
    secret: 'A bearer token.',
  },
  {
    value: 'envoy',
    label: 'Envoy',
    note: 'Runtime keys of one process',
    example: 'http://envoy:9901',
    secret: 'Envoy’s admin interface takes none; a bearer token for a proxy before it.',
  },
  {
    value: 'webhook',
    label: 'Webhook',
    note: 'Where “Notify” posts',
    example: 'https://chat.example.com/hook',
    secret: 'A bearer token.',
  },
  {
    value: 'hook',
    label: 'Hook secret',
    note: 'Shared with who calls our webhooks',
    example: '',
    secret: 'What the senders sign with, at least 16 characters. It is never shown again.',
  },
]

/** Adds or changes one. The stored secret is never shown; leaving the field empty keeps it. */
export function ConnectionDialog({
  row,
  close,
  saved,
}: {
  row: ConnectionRow | null
  close: () => void
  saved: () => void
}) {
  const api = useApi()
  const form = useId()
  const [name, setName] = useState(row?.name ?? '')
  const [kind, setKind] = useState<Kind>(row?.kind ?? 'prometheus')
  const [url, setUrl] = useState(row?.url ?? '')
  const [secret, setSecret] = useState('')
  const [removeSecret, setRemoveSecret] = useState(false)
  const chosen = kinds.find(({ value }) => value === kind)
  const connection = {
    name,
    kind,
    url: kind === 'hook' ? '' : url,
    ...(secret ? { secret } : removeSecret ? { secret: null } : {}),
  }
  const save = useMutation(
    api.settings.connections.save.mutationOptions({
      onSuccess: () => {
        toast.success('The connection is saved')
        saved()
        close()
      },
    }),
  )
  const test = useMutation(api.settings.connections.test.mutationOptions())
  const problem = save.error ?? test.error
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    save.mutate(connection)
  }
  return (
    <Dialog
      open
      onOpenChange={close}
      size="medium"
      title={row ? `Edit ${row.name}` : 'Add connection'}
      footer={
        <>
          <Button onClick={close}>Cancel</Button>
          {kind !== 'hook' && (
            <Button busy={test.isPending} onClick={() => test.mutate(connection)}>
              Test
            </Button>
          )}
          <Button variant="primary" type="submit" form={form} busy={save.isPending}>
            Save
          </Button>
        </>
      }
    >
      <form id={form} className="space-y-4" onSubmit={submit}>
        <Field
          label="Name"
          hint={
            row ? 'Models and runbooks know it by this name.' : 'Models and runbooks use this name, e.g. shop-metrics.'
          }
        >
          {(control) => (
            <Input
              {...control}
              required
              readOnly={row !== null}
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
        <Field label="Kind">
          {(control) => (
            <Select<Kind>
              {...control}
              value={kind}
              onChange={setKind}
              options={kinds.map(({ value, label, note }) => ({ value, label, note }))}
            />
          )}
        </Field>
        {kind !== 'hook' && (
          <Field label="Address" hint={`e.g. ${chosen?.example ?? ''}`}>
            {(control) => (
              <Input
                {...control}
                required
                className="font-mono"
                value={url}
                onChange={(event) => setUrl(event.target.value)}
              />
            )}
          </Field>
        )}
        <Field
          label="Secret"
          optional={kind !== 'hook'}
          hint={row?.hasSecret ? `${chosen?.secret ?? ''} One is stored; leave this empty to keep it.` : chosen?.secret}
        >
          {(control) => (
            <Input
              {...control}
              type="password"
              autoComplete="new-password"
              value={secret}
              disabled={removeSecret}
              onChange={(event) => setSecret(event.target.value)}
            />
          )}
        </Field>
        {row?.hasSecret && (
          <label className="flex items-center gap-2 text-second">
            <input type="checkbox" checked={removeSecret} onChange={(event) => setRemoveSecret(event.target.checked)} />
            Remove the stored secret
          </label>
        )}
      </form>
      {test.data && (
        <p role="status" className={test.data.ok ? 'mt-3 text-normal' : 'mt-3 text-abnormal'}>
          {test.data.ok ? `It answers: ${test.data.detail}.` : `${test.data.message} ${test.data.fix}`}
        </p>
      )}
      {problem && (
        <p role="alert" className="mt-3 text-abnormal">
          {readProblem(problem).message} {readProblem(problem).fix}
        </p>
      )}
    </Dialog>
  )
}
