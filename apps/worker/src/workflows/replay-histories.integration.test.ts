import { DefaultLogger, Worker } from '@temporalio/worker'
import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { readHistory } from '../../test/history-file.ts'
import { buildBundle } from '../bundle.ts'

const directory = fileURLToPath(new URL('../../test/histories/', import.meta.url))

/**
 * Runs of every release so far go on under this code. Where one does not, the workflows now do something else than they did: guard the change with
 * `patched`, or keep to what was. Only histories of a release that is not out yet may be recorded anew (test/record-histories.ts).
 */
test('histories of every release replay without a difference', async () => {
  const files = (await readdir(directory, { recursive: true })).filter((name) => name.endsWith('.json.gz'))
  async function* histories() {
    for (const file of files) {
      yield { workflowId: file, history: readHistory(await readFile(directory + file)) }
    }
  }
  const code = await buildBundle(new DefaultLogger('WARN'))
  const replayed: string[] = []
  for await (const result of Worker.runReplayHistories({ workflowBundle: { code } }, histories())) {
    if (result.error) throw new Error(`${result.workflowId} does not replay`, { cause: result.error })
    replayed.push(result.workflowId)
  }
  expect(replayed.toSorted()).toEqual(files.toSorted())
  expect(files.length).toBeGreaterThanOrEqual(12)
}, 120_000)
