/** Who did it, as people read it: an e-mail address as it is, "token:Demo shop of ada@shop.example" as "Demo shop (token of ada@shop.example)". */
export function personName(label: string): string {
  const token = /^token:(.+?)( of \S+)?$/s.exec(label)
  return token ? `${token[1]} (token${token[2] ?? ''})` : label
}
