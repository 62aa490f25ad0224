/** One byte sequence for one meaning: what content hashes are taken over. */
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'

/**
 * JSON with object keys in code-unit order, no white space and no `undefined` members. Equal values give equal text however they were built.
 * Throws a TypeError for what JSON cannot carry (NaN, infinities, functions), since a hash over a silently changed value would lie.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return JSON.stringify(value)
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError(`canonicalJson: ${value} has no JSON form`)
    return JSON.stringify(value)
  }
  if (Array.isArray(value)) {
    let items = ''
    for (const item of value) items += `${items === '' ? '' : ','}${canonicalJson(item ?? null)}`
    return `[${items}]`
  }
  if (typeof value === 'object') {
    let members = ''
    // Without a comparison `sort` goes by code units.
    for (const key of Object.keys(value).sort()) {
      const member: unknown = Reflect.get(value, key)
      if (member === undefined) continue
      members += `${members === '' ? '' : ','}${quoted(key)}:${canonicalJson(member)}`
    }
    return `{${members}}`
  }
  throw new TypeError(`canonicalJson: a ${typeof value} has no JSON form`)
}

/** A name's JSON: most are plain words, and there are far more of them than values. */
function quoted(name: string): string {
  return /^\w*$/.test(name) ? `"${name}"` : JSON.stringify(name)
}

/** `sha256:` and 64 hex digits over the canonical JSON of `value`. Synchronous, so that workflow code and browsers can call it. */
export function contentHash(value: unknown): string {
  return `sha256:${bytesToHex(sha256(utf8ToBytes(canonicalJson(value))))}`
}
