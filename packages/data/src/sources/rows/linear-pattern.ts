/**
 * Matches whole texts by a pattern in time that grows with the text's length and nothing else: what a source says may be long and hostile,
 * and the language's own engine tries every way. The pattern is one that `safePattern` wrote; it becomes a graph of places, and all places
 * that a text may have reached are followed at once.
 */

export interface LinearPattern {
  matches(text: string): boolean
}

type IsMeant = (character: string) => boolean

/** A place without `isMeant` leads on at once. */
interface Place {
  isMeant: IsMeant | null
  next: number[]
}

interface Reached {
  places: readonly number[]
  isEnd: boolean
  after: Map<string, Reached>
}

/** Of sets of places that were met, and of characters after each: beyond it they are forgotten. */
const mostKnown = 5_000

/** @param pattern as `safePattern` writes it */
export function linearPattern(pattern: string): LinearPattern {
  const graph = new Graph(pattern)
  let known = new Map<string, Reached>()
  let steps = 0

  const reached = (places: readonly number[]): Reached => {
    const key = places.join()
    const found = known.get(key)
    if (found) return found
    const made = { places, isEnd: places.includes(graph.end), after: new Map<string, Reached>() }
    known.set(key, made)
    return made
  }
  const step = (from: Reached, character: string): Reached => {
    const found = from.after.get(character)
    if (found) return found
    if (steps >= mostKnown) {
      known = new Map()
      steps = 0
      return reached(graph.step(from.places, character))
    }
    steps += 1
    const made = reached(graph.step(from.places, character))
    from.after.set(character, made)
    return made
  }
  return {
    matches(text) {
      let at = reached(graph.begin)
      for (const character of text) {
        at = step(at, character)
        if (at.places.length === 0) return false
      }
      return at.isEnd
    },
  }
}

class Graph {
  readonly begin: readonly number[]
  readonly end: number
  readonly #places: Place[] = []
  readonly #characters: string[]
  #at = 0

  constructor(pattern: string) {
    this.#characters = Array.from(pattern)
    const first = this.#place(null)
    const last = this.#alternatives(first)
    if (this.#at < this.#characters.length) throw new Error(`The pattern is not read: ${pattern}`)
    this.end = last
    this.begin = this.#closure([first])
  }

  step(from: readonly number[], character: string): readonly number[] {
    return this.#closure(
      from.flatMap((place) => {
        const { isMeant, next } = this.#places[place]!
        return isMeant?.(character) ? next : []
      }),
    )
  }

  /** All that is reached without a character; only those that want one, and the end. */
  #closure(from: readonly number[]): number[] {
    const seen = new Set<number>()
    const open = [...from]
    for (let place = open.pop(); place !== undefined; place = open.pop()) {
      if (seen.has(place)) continue
      seen.add(place)
      const { isMeant, next } = this.#places[place]!
      if (isMeant === null) open.push(...next)
    }
    return [...seen]
      .filter((place) => place === this.end || this.#places[place]!.isMeant !== null)
      .sort((a, b) => a - b)
  }

  #place(isMeant: IsMeant | null): number {
    return this.#places.push({ isMeant, next: [] }) - 1
  }

  #link(from: number, to: number): number {
    this.#places[from]!.next.push(to)
    return to
  }

  #alternatives(from: number): number {
    const end = this.#place(null)
    do this.#link(this.#sequence(from), end)
    while (this.#take('|'))
    return end
  }

  #sequence(from: number): number {
    let at = this.#link(from, this.#place(null))
    while (this.#at < this.#characters.length && !'|)'.includes(this.#characters[this.#at]!)) at = this.#repeated(at)
    return at
  }

  #repeated(from: number): number {
    if (this.#take('(')) {
      this.#at += '?:'.length
      const begin = this.#link(from, this.#place(null))
      const end = this.#alternatives(begin)
      this.#at += ')'.length
      if (this.#take('?')) this.#link(begin, end)
      return end
    }
    const isMeant = this.#one()
    const [least, most] = this.#counts()
    let at = from
    for (let count = 0; count < least; count += 1) at = this.#after(at, isMeant)
    if (most === null) {
      const again = this.#link(at, this.#place(null))
      this.#link(this.#after(again, isMeant), again)
      return again
    }
    const end = this.#place(null)
    for (let count = least; count < most; count += 1) {
      this.#link(at, end)
      at = this.#after(at, isMeant)
    }
    return this.#link(at, end)
  }

  #after(from: number, isMeant: IsMeant): number {
    const wanted = this.#link(from, this.#place(isMeant))
    return this.#link(wanted, this.#place(null))
  }

  #counts(): [least: number, most: number | null] {
    if (this.#take('*')) return [0, null]
    if (this.#take('+')) return [1, null]
    if (this.#take('?')) return [0, 1]
    const counts = /^\{(\d+)(?:(,)(\d*))?\}/.exec(this.#characters.slice(this.#at, this.#at + 10).join(''))
    if (!counts) return [1, 1]
    const [whole, least, comma, most] = counts
    this.#at += whole.length
    if (comma === undefined) return [Number(least), Number(least)]
    return [Number(least), most === '' || most === undefined ? null : Number(most)]
  }

  #one(): IsMeant {
    if (this.#take('[')) return this.#characterClass()
    if (this.#take('.')) return () => true
    const wanted = this.#character()
    return (character) => character === wanted
  }

  #characterClass(): IsMeant {
    const isNot = this.#take('^')
    const ranges: [string, string][] = []
    while (!this.#take(']')) {
      const first = this.#character()
      ranges.push([first, this.#take('-') ? this.#character() : first])
    }
    return (character) => ranges.some(([first, last]) => character >= first && character <= last) !== isNot
  }

  #character(): string {
    this.#take('\\')
    const character = this.#characters[this.#at] ?? ''
    this.#at += 1
    return character
  }

  #take(character: string): boolean {
    if (this.#characters[this.#at] !== character) return false
    this.#at += 1
    return true
  }
}
