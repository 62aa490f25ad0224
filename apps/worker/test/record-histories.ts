/**
 * Records the histories of this release, to be replayed by later ones: `TEST_TEMPORAL_ADDRESS=127.0.0.1:7233 node apps/worker/test/record-histories.ts`. Do it
 * once a release, when its workflow code is final; histories of releases before stay as they are.
 */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import * as z from 'zod'
import { startEngine } from './engine.ts'
import { writeHistory } from './history-file.ts'
import { scenarios, standIns } from './history-scenarios.ts'
import { testNodes } from './nodes.ts'

const manifest = await readFile(new URL('../package.json', import.meta.url), 'utf8')
const { version } = z.object({ version: z.string() }).parse(JSON.parse(manifest))
const directory = fileURLToPath(new URL(`histories/${version}/`, import.meta.url))
await rm(directory, { recursive: true, force: true })
await mkdir(directory, { recursive: true })

const engine = await startEngine([...testNodes({ ran: [], aborted: [], approvers: new Map() }), ...standIns()])
for (const { name, run, options, meanwhile } of scenarios(engine)) {
  const handle = await engine.start(run, options)
  const first = await handle.describe()
  await meanwhile?.(engine, run.runId)
  await engine.client.workflow.getHandle(run.runId).result()
  // Of a run that was begun anew, the execution that it began with: later ones are told their state.
  for (const [part, runId] of [
    ['', first.runId],
    ...(options?.renewAfterEvents ? [['-resumed', undefined]] : []),
  ] as const) {
    const history = await engine.client.workflow.getHandle(run.runId, runId).fetchHistory()
    await writeFile(`${directory}${name}${part}.json.gz`, writeHistory(history))
  }
  console.error(name)
}
await engine.stop()
process.exit(0)
