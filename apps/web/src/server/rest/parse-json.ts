import { ApiError } from '../errors.ts'

const deepest = 64
/** Keys that reach an object's prototype when code is careless with them. Nothing of ours is named so. */
const refusedKeys = new Set(['__proto__', 'constructor', 'prototype'])

/**
 * A body as JSON; undefined when it is empty.
 * @throws ApiError `bad-json`, `too-deep`, `refused-key`.
 */
export function parseJson(bytes: Uint8Array): unknown {
  let value: unknown
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    if (text.trim() === '') return undefined
    value = JSON.parse(text)
  } catch (cause) {
    throw new ApiError(
      {
        status: 400,
        code: 'bad-json',
        message: `The body is not JSON: ${cause instanceof Error ? cause.message : String(cause)}.`,
        fix: 'Send a JSON object with "Content-Type: application/json".',
      },
      { cause },
    )
  }
  assertPlain(value)
  return value
}

/** Level by level and not by recursion: what comes in must not decide how deep our stack goes. */
function assertPlain(value: unknown): void {
  let level = [value]
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth >= deepest) throw tooDeep()
    const next: unknown[] = []
    for (const at of level) {
      if (typeof at !== 'object' || at === null) continue
      if (Array.isArray(at)) {
        for (const item of at) if (typeof item === 'object' && item !== null) next.push(item)
        continue
      }
      for (const [key, item] of Object.entries(at)) {
        if (refusedKeys.has(key)) throw refusedKey(key)
        if (typeof item === 'object' && item !== null) next.push(item)
      }
    }
    level = next
  }
}

const tooDeep = () =>
  new ApiError({
    status: 400,
    code: 'too-deep',
    message: `The body is nested deeper than ${deepest} levels.`,
    fix: 'Send a flatter object; nothing was done.',
  })

const refusedKey = (key: string) =>
  new ApiError({
    status: 400,
    code: 'refused-key',
    message: `The body has a key "${key}", which is not taken.`,
    fix: 'Give the field another name; nothing was done.',
  })
