/**
 * Which documents have which words, in typed arrays. General search libraries keep a map a word and score through maps: at 50,000
 * documents a search of common words took them 40 ms and 90 MB; this one takes a few.
 */
import { distanceWithin, lettersOf } from './typo.ts'

/** Document ids ascending; weights 1..255. */
interface Postings {
  documents: Uint32Array
  weights: Uint8Array
}

/** A word of the index that stands for a word of the search, and how well: 1 is the word itself. */
export interface Expansion {
  word: number
  likeness: number
}

export class PostingLists {
  private readonly words: readonly string[]
  private readonly postings: readonly Postings[]
  private readonly letters: Uint32Array
  private readonly numbers: ReadonlyMap<string, number>
  private readonly scratches: Float32Array[] = []
  readonly documentCount: number

  constructor(words: readonly string[], postings: readonly Postings[], documentCount: number) {
    this.words = words
    this.postings = postings
    this.documentCount = documentCount
    this.letters = Uint32Array.from(words, lettersOf)
    this.numbers = new Map(words.map((word, number) => [word, number]))
  }

  /** Zeros for the scores of one word, a document each; the caller's until it asks again, which it does once a search is done. */
  scratch(number: number): Float32Array {
    const made = (this.scratches[number] ??= new Float32Array(this.documentCount))
    return made.fill(0)
  }

  /** The word of exactly this text, or nothing. */
  exact(word: string, likeness = 1): Expansion[] {
    const number = this.numbers.get(word)
    return number === undefined ? [] : [{ word: number, likeness }]
  }

  /** Words that begin with it, nearest in length first, as many as are worth looking at. */
  beginningWith(start: string): Expansion[] {
    const found: number[] = []
    for (let at = this.firstFrom(start); at < this.words.length && this.words[at]!.startsWith(start); at += 1)
      if (this.words[at] !== start) found.push(at)
    found.sort((a, b) => this.words[a]!.length - this.words[b]!.length)
    let left = mostPostings
    return found.slice(0, mostPrefixed).flatMap((word) => {
      left -= this.postings[word]!.documents.length
      if (left < 0) return []
      return { word, likeness: 0.4 + (0.4 * start.length) / this.words[word]!.length }
    })
  }

  /** Words that a slip of the finger or two away. */
  likeTypo(word: string): Expansion[] {
    const most = word.length >= 8 ? 2 : word.length >= 4 ? 1 : 0
    if (most === 0) return []
    const letters = lettersOf(word)
    const found: Expansion[] = []
    for (const [number, known] of this.words.entries()) {
      if (Math.abs(known.length - word.length) > most || known.startsWith('~')) continue
      // Each slip changes at most two of the letters that a word has.
      if (ones(letters ^ this.letters[number]!) > 2 * most) continue
      const distance = distanceWithin(word, known, most)
      if (distance !== null) found.push({ word: number, likeness: distance === 1 ? 0.5 : 0.35 })
    }
    return found.toSorted((a, b) => b.likeness - a.likeness).slice(0, mostTypos)
  }

  /** The score of each document for one word of the search: the best of its expansions. */
  score(expansions: readonly Expansion[], into: Float32Array): void {
    for (const { word, likeness } of expansions) {
      const { documents, weights } = this.postings[word]!
      const rarity = Math.log(1 + this.documentCount / documents.length)
      const factor = (likeness * (1 + rarity)) / 255
      for (let at = 0; at < documents.length; at += 1) {
        const document = documents[at]!
        const score = weights[at]! * factor
        if (score > into[document]!) into[document] = score
      }
    }
  }

  private firstFrom(start: string): number {
    let [low, high] = [0, this.words.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.words[middle]! < start) low = middle + 1
      else high = middle
    }
    return low
  }
}

const mostPrefixed = 200
const mostTypos = 20
/** Of the words that begin with a few letters: beyond it a search says too little to be worth the time. */
const mostPostings = 300_000

function ones(bits: number): number {
  let left = bits - ((bits >>> 1) & 0x55555555)
  left = (left & 0x33333333) + ((left >>> 2) & 0x33333333)
  return (((left + (left >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24
}

/** Collects documents; `finish` sorts the words. Both give way by `pause`, since 50,000 take longer than a request may wait. */
export class PostingListsBuilder {
  private readonly found = new Map<string, { documents: number[]; weights: number[] }>()
  private count = 0

  /** @param words each with its weight, 0..1. Returns the document's id. */
  add(words: ReadonlyMap<string, number>): number {
    const document = this.count++
    for (const [word, weight] of words) {
      let list = this.found.get(word)
      if (!list) this.found.set(word, (list = { documents: [], weights: [] }))
      list.documents.push(document)
      list.weights.push(Math.max(1, Math.round(weight * 255)))
    }
    return document
  }

  async finish(pause: () => Promise<void> | null): Promise<PostingLists> {
    const words = [...this.found.keys()].sort()
    const postings: Postings[] = []
    for (const word of words) {
      const { documents, weights } = this.found.get(word)!
      postings.push({ documents: Uint32Array.from(documents), weights: Uint8Array.from(weights) })
      this.found.delete(word)
      const wait = pause()
      if (wait) await wait
    }
    return new PostingLists(words, postings, this.count)
  }
}
