/** The best of many by their scores, without keeping the others: a heap whose worst is on top. Of equal ones the first stay. */
export class Best<T> {
  private readonly most: number
  private readonly heap: { value: T; score: number; order: number }[] = []
  private added = 0

  constructor(most: number) {
    this.most = most
  }

  add(value: T, score: number): void {
    const entry = { value, score, order: this.added++ }
    if (this.heap.length < this.most) {
      this.heap.push(entry)
      this.rise(this.heap.length - 1)
      return
    }
    const worst = this.heap[0]
    if (worst === undefined || score <= worst.score) return
    this.heap[0] = entry
    this.sink()
  }

  /** Best first. */
  sorted(): { value: T; score: number }[] {
    return this.heap.toSorted((a, b) => b.score - a.score || a.order - b.order)
  }

  private rise(from: number): void {
    for (let at = from; at > 0;) {
      const parent = (at - 1) >> 1
      if (!this.isWorse(at, parent)) return
      this.swap(at, parent)
      at = parent
    }
  }

  private sink(): void {
    for (let at = 0; ;) {
      let worst = at
      for (const child of [2 * at + 1, 2 * at + 2])
        if (child < this.heap.length && this.isWorse(child, worst)) worst = child
      if (worst === at) return
      this.swap(at, worst)
      at = worst
    }
  }

  private isWorse(one: number, other: number): boolean {
    const [a, b] = [this.heap[one]!, this.heap[other]!]
    return a.score < b.score || (a.score === b.score && a.order > b.order)
  }

  private swap(one: number, other: number): void {
    const kept = this.heap[one]!
    this.heap[one] = this.heap[other]!
    this.heap[other] = kept
  }
}
