import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { alertmanagerPart, ruleEvaluatorPart } from './alerting.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tenon-alerting-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const webhook = { url: 'http://127.0.0.1:3000/hook', secret: 'kept "close"' }

test('an Alertmanager listens on loopback only, and its file with the secret is for its owner alone', () => {
  const part = alertmanagerPart({ executable: 'alertmanager', port: 9093, directory, webhook })
  const file = join(directory, 'alertmanager.yaml')
  expect(part.args).toEqual(
    expect.arrayContaining([
      `--config.file=${file}`,
      '--web.listen-address=127.0.0.1:9093',
      '--cluster.listen-address=',
    ]),
  )
  expect(statSync(file).mode & 0o077).toBe(0)
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
    receivers: [
      {
        name: 'tenon',
        webhook_configs: [
          { url: webhook.url, send_resolved: true, http_config: { authorization: { credentials: webhook.secret } } },
        ],
      },
    ],
  })
  // A secret is no argument: everyone on the machine can read those.
  expect(part.args.join(' ')).not.toContain('close')
})

test('rules are copied with the address of this Tenon, and only rules', () => {
  const rules = join(directory, 'given')
  mkdirSync(rules)
  writeFileSync(join(rules, 'a.yaml'), 'runbook_url: TENON_URL/diagnose?entity=a # TENON_URL')
  writeFileSync(join(rules, 'README.md'), 'TENON_URL')
  mkdirSync(join(directory, 'rules'))
  writeFileSync(join(directory, 'rules', 'of-an-earlier-version.yaml'), '')
  const part = ruleEvaluatorPart({
    executable: 'vmalert',
    port: 8880,
    storeUrl: 'http://127.0.0.1:8428',
    alertmanagerUrl: 'http://127.0.0.1:9093',
    rules,
    directory,
    tenonUrl: 'https://tenon.example.com',
  })
  const folder = join(directory, 'rules')
  expect(part.args).toContain(`-rule=${join(folder, '*.yaml')}`)
  expect(readFileSync(join(folder, 'a.yaml'), 'utf8')).toBe(
    'runbook_url: https://tenon.example.com/diagnose?entity=a # https://tenon.example.com',
  )
  expect(readdirSync(folder)).toEqual(['a.yaml'])
})
