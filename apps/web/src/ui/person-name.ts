/** Who did it, as people read it: an e-mail address as it is, "token:Demo shop" as "Demo shop (token)". */
export function personName(label: string): string {
  const token = /^token:(.+)$/.exec(label)
  return token ? `${token[1]} (token)` : label
}
