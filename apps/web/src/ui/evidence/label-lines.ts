/** A title on at most two lines of so many characters, cut between words. Only what still does not fit ends in "…". Pure. */
export function labelLines(title: string, most: number): string[] {
  if (title.length <= most) return [title]
  const space = title.lastIndexOf(' ', most)
  if (space <= 0) return [shorten(title, most)]
  return [title.slice(0, space), shorten(title.slice(space + 1), most)]
}

function shorten(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text
}
