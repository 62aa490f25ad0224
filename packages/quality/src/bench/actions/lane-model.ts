/** The targets of `targets.ts` as a data model, for benches that run the whole product before them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { modelFile, writeModelFile } from '@tenon/data'
import { hostsOf, laneName, zoneOf } from './targets.ts'

/** Name of the connection that leads to the targets. */
export const laneConnection = 'bench-edge'

/** Writes the model into a folder of its own. */
export function writeLaneModel(lanes: number): { folder: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'tenon-bench-model-'))
  const entities = Array.from({ length: lanes }, (_, lane) => lane).flatMap((lane) => [
    { id: laneName(lane), kind: 'service', edge: { connection: laneConnection, backend: laneName(lane) } },
    ...hostsOf(lane).map((host) => ({ id: host, kind: 'host', attributes: { zone: zoneOf(host) ?? '' } })),
  ])
  writeFileSync(join(folder, 'bench.yaml'), writeModelFile(modelFile.parse({ tenonModel: 1, entities })))
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}
