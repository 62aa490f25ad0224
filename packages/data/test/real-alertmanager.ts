/** A real Alertmanager of its own, for tests of what it tells. */
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { alertmanagerTool, findTool } from '@tenon/stack'
import { answersOk, freePort, ownServer, type OwnServer } from './own-server.ts'

export interface RealAlertmanager extends OwnServer {
  url: string
}

/** With an inhibition: an alert of severity `critical` suppresses those of severity `warning` with the same `service`. */
export async function realAlertmanager(): Promise<RealAlertmanager> {
  const { path: executable } = await findTool(alertmanagerTool)
  const folder = await mkdtemp(join(tmpdir(), 'tenon-alertmanager-'))
  const configuration = join(folder, 'alertmanager.yml')
  await writeFile(configuration, configurationText)
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const { stop } = await ownServer({
    executable,
    args: [
      `--config.file=${configuration}`,
      `--storage.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--cluster.listen-address=',
      '--log.level=error',
    ],
    folder,
    isReady: () => answersOk(`${url}/-/ready`),
  })
  return { url, stop }
}

// JSON is YAML.
const configurationText = JSON.stringify({
  route: { receiver: 'nobody', group_by: ['alertname'] },
  receivers: [{ name: 'nobody' }],
  inhibit_rules: [
    { source_matchers: ['severity="critical"'], target_matchers: ['severity="warning"'], equal: ['service'] },
  ],
})
