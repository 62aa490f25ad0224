/**
 * Sets of ids out of a known few, as bits: a graph of 2,000 steps asks of each step which others come before it, and sets of strings would hold millions
 * of entries.
 */
export class IdSet {
  private readonly positions: ReadonlyMap<string, number>
  private readonly words: Uint32Array

  private constructor(positions: ReadonlyMap<string, number>, words: Uint32Array) {
    this.positions = positions
    this.words = words
  }

  /** An empty set that may hold any of `ids`. */
  static among(ids: readonly string[]): IdSet {
    const positions = new Map(ids.map((id, position) => [id, position]))
    return new IdSet(positions, new Uint32Array(Math.ceil(positions.size / 32)))
  }

  /** An empty set that may hold the same ids. */
  empty(): IdSet {
    return new IdSet(this.positions, new Uint32Array(this.words.length))
  }

  copy(): IdSet {
    return new IdSet(this.positions, this.words.slice())
  }

  has(id: string): boolean {
    const position = this.positions.get(id)
    return position !== undefined && (this.words[position >>> 5]! & (1 << (position & 31))) !== 0
  }

  add(id: string): this {
    const position = this.positions.get(id)
    if (position !== undefined) this.words[position >>> 5]! |= 1 << (position & 31)
    return this
  }

  /** Adds what is in `other`, a set among the same ids. */
  addAll(other: IdSet): this {
    for (let word = 0; word < this.words.length; word += 1) this.words[word]! |= other.words[word]!
    return this
  }

  /** Keeps what is in `other` too. */
  keepOnly(other: IdSet): this {
    for (let word = 0; word < this.words.length; word += 1) this.words[word]! &= other.words[word]!
    return this
  }
}
