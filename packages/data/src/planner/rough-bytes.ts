/**
 * About how much memory a value holds. Of a long list only some items are looked at, so that an answer of a million points costs no
 * more to weigh than a short one.
 */
export function roughBytes(value: unknown): number {
  return weigh(value, 0)
}

const looked = 8
const deepest = 12

function weigh(value: unknown, depth: number): number {
  switch (typeof value) {
    case 'string':
      return 24 + value.length * 2
    case 'object':
      if (value === null) return 8
      if (ArrayBuffer.isView(value)) return 64 + value.byteLength
      if (depth >= deepest) return 256
      if (Array.isArray(value)) return 32 + listBytes(value, depth)
      if (value instanceof Map) return 64 + listBytes([...value], depth)
      return 56 + listBytes(Object.entries(value), depth)
    default:
      return 8
  }
}

function listBytes(items: readonly unknown[], depth: number): number {
  if (items.length === 0) return 0
  const every = Math.max(1, Math.floor(items.length / looked))
  let bytes = 0
  let count = 0
  for (let index = 0; index < items.length; index += every) {
    bytes += 8 + weigh(items[index], depth + 1)
    count += 1
  }
  return Math.ceil((bytes / count) * items.length)
}
