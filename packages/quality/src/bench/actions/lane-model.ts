/** The targets of `targets.ts` as a data model, for benches that run the whole product before them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { modelFile, writeModelFile } from '@tenon/data'
import { gatewayOf, hostsOf, laneName, zoneOf } from './targets.ts'

/** A connection to each of their gateways, named like it. @param address of the targets, or of a gate before them. */
export function laneConnections(lanes: number, address: string): { name: string; kind: 'http-edge'; url: string }[] {
  const gateways = new Set(Array.from({ length: lanes }, (_, lane) => gatewayOf(laneName(lane))))
  return [...gateways].map((name) => ({ name, kind: 'http-edge', url: `${address}/${name}` }))
}

/** Writes the model into a folder of its own. */
export function writeLaneModel(lanes: number): { folder: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'tenon-bench-model-'))
  const entities = Array.from({ length: lanes }, (_, lane) => lane).flatMap((lane) => [
    { id: laneName(lane), kind: 'service', edge: { connection: gatewayOf(laneName(lane)), backend: laneName(lane) } },
    ...hostsOf(lane).map((host) => ({ id: host, kind: 'host', attributes: { zone: zoneOf(host) ?? '' } })),
  ])
  writeFileSync(join(folder, 'bench.yaml'), writeModelFile(modelFile.parse({ tenonModel: 1, entities })))
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}
