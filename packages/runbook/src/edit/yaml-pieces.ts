/** Pieces of YAML as text. */
import { Document, isCollection, type Node, Pair, Scalar, YAMLMap } from 'yaml'

export interface YamlStyle {
  indent: number
  /** Whether the dashes of a list stand further in than its key. */
  indentSeq: boolean
}

/** `key: value` as lines. */
export function pairText(pair: Pair, style: YamlStyle): string {
  const map = new YAMLMap()
  map.items.push(pair)
  return new Document(map, { version: '1.2' }).toString({ lineWidth: 0, ...style })
}

/** The value as it stands behind a key on one line; null when it needs more than one. */
export function onOneLine(value: Node): string | null {
  const node = value.clone()
  if (isCollection(node)) node.flow = true
  const text = pairText(new Pair(new Scalar('k'), node), { indent: 2, indentSeq: true }).replace(/\n$/, '')
  return text.startsWith('k: ') && !text.includes('\n') ? text.slice(3) : null
}
