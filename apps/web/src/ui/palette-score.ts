/**
 * How well a command fits what was typed, 0 (not at all) to 1. Every typed word must stand in it as it was typed: letters scattered over a
 * command, as fuzzy search takes them, would let "actions" and Enter start a diagnosis.
 *
 * @param command what the search matches, e.g. `go to Actions`
 */
export function paletteScore(command: string, typed: string): number {
  if (command.startsWith(foundByServer)) return 0.1
  const text = command.toLowerCase()
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean)
  if (!words.every((word) => text.includes(word))) return 0
  const starts = words.filter((word) => text.split(/[\s-]+/).some((part) => part.startsWith(word)))
  return words.length === 0 ? 1 : 0.5 + (0.5 * starts.length) / words.length
}

/** Begins what a search found for the typed words, by meaning and not by letters: it fits, and stands after what fits by letters. */
export const foundByServer = 'found by the server: '
