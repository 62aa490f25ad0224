/** A workflow's history as a file. The SDK's own JSON form does not work with the version of protobufjs that it brings, so this is one of ours. */
import { gunzipSync, gzipSync } from 'node:zlib'

const bytesKey = '$bytes'

/** JSON, compressed; bytes as base64. Numbers of 64 bits keep the SDK's form of two halves. */
export function writeHistory(history: object): Buffer {
  return gzipSync(JSON.stringify(plain(history)))
}

export function readHistory(file: Buffer): unknown {
  return JSON.parse(gunzipSync(file).toString(), (_key, value: unknown) => {
    const bytes = typeof value === 'object' && value !== null && bytesKey in value ? value[bytesKey] : null
    return typeof bytes === 'string' ? Buffer.from(bytes, 'base64') : value
  })
}

/** Own properties only: the classes of the SDK would turn themselves into another form. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return { [bytesKey]: Buffer.from(value).toString('base64') }
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, plain(member)]))
}
