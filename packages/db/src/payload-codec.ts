/**
 * What the product keeps in Temporal, encrypted: inputs, results and messages of workflows. The web server and the worker use the same codec, with keys
 * that are derived from the product's own (see secret-box.ts). A new first line in the key file is a new key; what was written with older ones stays readable as
 * long as they stand below it.
 */
import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, randomBytes, type KeyObject } from 'node:crypto'
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import * as z from 'zod'
import { DbError } from './db-error.ts'
import { keysOfEnvironment, readKeys } from './secret-box.ts'

/** A payload as Temporal's SDK has it; written down here, because this package does not need the SDK for it. */
export interface Payload {
  metadata?: Record<string, Uint8Array> | null
  data?: Uint8Array | null
}

/** As `PayloadCodec` of Temporal's SDK. */
export interface PayloadCodec {
  encode(payloads: Payload[]): Promise<Payload[]>
  decode(payloads: Payload[]): Promise<Payload[]>
}

const encoding = Buffer.from('binary/tenon-encrypted')
const purpose = 'temporal payloads'
/** Shorter ones do not get shorter. */
const worthCompressing = 1024
/** Against a payload that is small here and endless once it is inflated. */
const longestPayload = 64 * 1024 * 1024

/** Made once: a cipher that is given bytes makes a key of them each time, which takes longer than to encrypt. */
interface Key {
  id: string
  secret: KeyObject
}

/** @param keys as `createSecretBox` takes them. */
export function createPayloadCodec(keys: string): PayloadCodec {
  const known = readKeys(keys).map(({ id, bytes }): Key => ({
    id,
    secret: createSecretKey(Buffer.from(hkdfSync('sha256', bytes, 'tenon', purpose, 32))),
  }))
  const newest = known[0]!
  return {
    encode: async (payloads) => payloads.map((payload) => seal(payload, newest)),
    decode: async (payloads) => payloads.map((payload) => open(payload, known)),
  }
}

/** The codecs that the environment asks for: none without a key. */
export function payloadCodecsFromEnvironment(env: Record<string, string | undefined>): PayloadCodec[] {
  const keys = keysOfEnvironment(env)
  return keys === null ? [] : [createPayloadCodec(keys)]
}

function seal(payload: Payload, key: Key): Payload {
  const plain = pack(payload)
  const compressed = plain.length >= worthCompressing
  const iv = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key.secret, iv)
  const body = compressed ? deflateRawSync(plain, { level: 1 }) : plain
  const sealed = Buffer.concat([cipher.update(body), cipher.final()])
  return {
    metadata: { encoding, 'key-id': Buffer.from(key.id), compression: Buffer.from(compressed ? 'deflate' : 'none') },
    data: Buffer.concat([iv, cipher.getAuthTag(), sealed]),
  }
}

/** What was written before there was a key is read as it is. */
function open(payload: Payload, keys: Key[]): Payload {
  const { metadata, data } = payload
  if (!encoding.equals(Buffer.from(metadata?.['encoding'] ?? []))) return payload
  const id = Buffer.from(metadata?.['key-id'] ?? []).toString()
  const key = keys.find((one) => one.id === id)
  if (!key) throw unreadable(`it was encrypted with the key ${id}, which is not known here`)
  const sealed = Buffer.from(data ?? [])
  try {
    const decipher = createDecipheriv('aes-256-gcm', key.secret, sealed.subarray(0, 12), { authTagLength: 16 })
    decipher.setAuthTag(sealed.subarray(12, 28))
    const body = Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()])
    const compressed = Buffer.from(metadata?.['compression'] ?? []).toString() === 'deflate'
    return unpack(compressed ? inflateRawSync(body, { maxOutputLength: longestPayload }) : body)
  } catch (cause) {
    throw unreadable('it was altered', cause)
  }
}

/** Length of the head, the head (metadata as JSON of base64), and the data. */
function pack({ metadata, data }: Payload): Buffer {
  const named = Object.entries(metadata ?? {}).map(([name, value]) => [name, Buffer.from(value).toString('base64')])
  const head = Buffer.from(JSON.stringify(Object.fromEntries(named)))
  const length = Buffer.alloc(4)
  length.writeUInt32BE(head.length)
  // The SDK writes data that is empty as an empty array.
  return Buffer.concat([length, head, Buffer.from(data ?? [])])
}

const packedHead = z.record(z.string(), z.string())

function unpack(packed: Buffer): Payload {
  const end = 4 + packed.readUInt32BE(0)
  const head = packedHead.parse(JSON.parse(packed.subarray(4, end).toString()))
  const metadata = Object.entries(head).map(([name, value]) => [name, Buffer.from(value, 'base64')] as const)
  return { metadata: Object.fromEntries(metadata), data: packed.subarray(end) }
}

function unreadable(why: string, cause?: unknown): DbError {
  return new DbError('secret-unreadable', `What Temporal keeps of a run cannot be read: ${why}.`, {
    fix: 'Put the key that it was written with below the first line of the encryption key file, and start again.',
    cause,
  })
}
