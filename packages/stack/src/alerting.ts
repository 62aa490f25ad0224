/**
 * Alerts of the demo: vmalert evaluates demo/alerts/*.yaml on the metrics store, an Alertmanager groups what fires and tells Tenon. Nothing of a
 * diagnosis needs them, so a tool that cannot be had is said and the start goes on.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { PartSpec } from './supervisor.ts'

export interface RuleEvaluatorOptions {
  executable: string
  port: number
  /** Prometheus API that rules are evaluated on. */
  storeUrl: string
  alertmanagerUrl: string
  /** A folder of rule files, `*.yaml`. */
  rules: string
  /** The rules as they are evaluated go here. */
  directory: string
  /** How often rules without an interval of their own are evaluated. */
  intervalSeconds?: number
  /** Stands for `TENON_URL` in the rules, so that their links lead to this Tenon. */
  tenonUrl: string
}

export interface AlertmanagerOptions {
  executable: string
  port: number
  /** Configuration and state. */
  directory: string
  webhook: AlertWebhook
}

/** Where an Alertmanager sends what fires and what ends. */
export interface AlertWebhook {
  url: string
  /** Sent as a bearer token. */
  secret: string
  /** How long new alerts of a group are waited for, and how often a changed group is told again. */
  groupWaitSeconds?: number
  groupIntervalSeconds?: number
}

export function alertmanagerUrl({ port }: Pick<AlertmanagerOptions, 'port'>): string {
  return `http://127.0.0.1:${port}`
}

/** Writes its configuration and describes the process. It is no cluster: nothing but loopback is listened on. */
export function alertmanagerPart(options: AlertmanagerOptions): PartSpec {
  const url = alertmanagerUrl(options)
  mkdirSync(options.directory, { recursive: true })
  const configuration = join(options.directory, 'alertmanager.yaml')
  writeFileSync(configuration, alertmanagerConfiguration(options.webhook), { mode: 0o600 })
  return {
    name: 'alertmanager',
    command: options.executable,
    args: [
      `--config.file=${configuration}`,
      `--storage.path=${join(options.directory, 'data')}`,
      `--web.listen-address=127.0.0.1:${options.port}`,
      `--web.external-url=${url}`,
      '--cluster.listen-address=',
      '--log.level=warn',
    ],
    env: quiet,
    ready: answers(`${url}/-/ready`),
    restart: true,
  }
}

/** Describes the process that evaluates rules. It keeps nothing: after a restart a rule's `for` begins anew. */
export function ruleEvaluatorPart(options: RuleEvaluatorOptions): PartSpec {
  const { port, storeUrl, intervalSeconds = 5 } = options
  return {
    name: 'vmalert',
    command: options.executable,
    args: [
      `-httpListenAddr=127.0.0.1:${port}`,
      `-datasource.url=${storeUrl}`,
      `-notifier.url=${options.alertmanagerUrl}`,
      `-rule=${join(copyRules(options), '*.yaml')}`,
      `-evaluationInterval=${intervalSeconds}s`,
      // The default judges what was 30 s ago; here the store shows its newest samples at once.
      '-rule.evalDelay=0s',
      // An alert's source is its expression, drawn by the store.
      `-external.url=${storeUrl}`,
      '-external.alert.source=vmui/#/?g0.expr={{.Expr|queryEscape}}',
      '-loggerLevel=WARN',
    ],
    env: quiet,
    ready: answers(`http://127.0.0.1:${port}/health`),
    restart: true,
  }
}

/** Both are small programs beside a whole product: one thread and an early collection keep them so. */
const quiet = { GOMAXPROCS: '1', GOGC: '50' }

/** JSON is YAML: no quoting to get wrong. */
function alertmanagerConfiguration({
  url,
  secret,
  groupWaitSeconds = 2,
  groupIntervalSeconds = 10,
}: AlertWebhook): string {
  const configuration = {
    route: {
      receiver: 'tenon',
      group_by: ['alertname', 'service'],
      group_wait: `${groupWaitSeconds}s`,
      group_interval: `${groupIntervalSeconds}s`,
      repeat_interval: '1h',
    },
    receivers: [
      {
        name: 'tenon',
        webhook_configs: [
          {
            url,
            send_resolved: true,
            max_alerts: 200,
            http_config: { authorization: { type: 'Bearer', credentials: secret } },
          },
        ],
      },
    ],
  }
  return `${JSON.stringify(configuration, null, 2)}\n`
}

/** @returns the folder of the copies. */
function copyRules({ rules, directory, tenonUrl }: RuleEvaluatorOptions): string {
  const folder = join(directory, 'rules')
  // Rules of an earlier version are not evaluated beside those of this one.
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  for (const file of readdirSync(rules).filter((name) => name.endsWith('.yaml'))) {
    writeFileSync(join(folder, file), readFileSync(join(rules, file), 'utf8').replaceAll('TENON_URL', tenonUrl))
  }
  return folder
}

function answers(url: string): () => Promise<boolean> {
  return async () => (await fetch(url, { signal: AbortSignal.timeout(1_000) })).ok
}
