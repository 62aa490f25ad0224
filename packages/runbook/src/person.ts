/** Who is behind what acts. People are known by their addresses; a token says which person's it is. */

/** How a token of this person is known to people and runs. */
export const tokenLabel = (token: { name: string; person: string }): string => `token:${token.name} of ${token.person}`

/**
 * The person behind a label: a token counts as whoever it was made for, so that nobody is two people by means of one.
 *
 * @returns null for a token of which nobody knows whose it is: it never counts as a person.
 * @example personOf('token:ci of ana@example.com') // 'ana@example.com'
 */
export function personOf(label: string): string | null {
  if (!label.startsWith('token:')) return label
  // An address has no space, so that a name with " of " in it changes nothing.
  return /^token:.* of (\S+)$/s.exec(label)?.[1] ?? null
}
