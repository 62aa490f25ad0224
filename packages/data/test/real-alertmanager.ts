/** A real Alertmanager of its own, for tests of what it tells. */
import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { alertmanagerTool, findTool } from '@tenon/stack'
import { freePort } from './stored-samples.ts'

export interface RealAlertmanager {
  url: string
  stop(): Promise<void>
}

/** With an inhibition: an alert of severity `critical` suppresses those of severity `warning` with the same `service`. */
export async function realAlertmanager(): Promise<RealAlertmanager> {
  const { path: executable } = await findTool(alertmanagerTool)
  const folder = await mkdtemp(join(tmpdir(), 'tenon-alertmanager-'))
  const configuration = join(folder, 'alertmanager.yml')
  await writeFile(configuration, configurationText)
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const child = spawn(
    executable,
    [
      `--config.file=${configuration}`,
      `--storage.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--cluster.listen-address=',
      '--log.level=error',
    ],
    { stdio: 'ignore' },
  )
  const ended = new Promise<void>((resolve) => child.on('exit', () => resolve()))
  const stop = async () => {
    child.kill()
    await ended
    await rm(folder, { recursive: true, force: true })
  }
  for (let attempt = 0; attempt < 100; attempt++) {
    const ready = await fetch(`${url}/-/ready`).then(
      (response) => response.ok,
      () => false,
    )
    if (ready) return { url, stop }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  await stop()
  throw new Error('alertmanager did not get ready')
}

// JSON is YAML.
const configurationText = JSON.stringify({
  route: { receiver: 'nobody', group_by: ['alertname'] },
  receivers: [{ name: 'nobody' }],
  inhibit_rules: [
    { source_matchers: ['severity="critical"'], target_matchers: ['severity="warning"'], equal: ['service'] },
  ],
})
