/** Names of the model as names of code: any text may come in, and only letters, digits and underscores come out. */

/** The ASCII letters and digits of a text as words; never empty, and the first begins with a letter. */
function parts(text: string): string[] {
  const words = text
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .split(/[^A-Za-z\d]+/)
    .filter((word) => word !== '')
    .map((word) => word.toLowerCase())
  if (words.length === 0) return ['unnamed']
  return /^\d/.test(words[0]!) ? ['n', ...words] : words
}

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1)

/** @example camelCase('latency-p95') // 'latencyP95' */
export const camelCase = (text: string): string =>
  parts(text)
    .map((word, at) => (at === 0 ? word : capital(word)))
    .join('')
export const pascalCase = (text: string): string => parts(text).map(capital).join('')
export const snakeCase = (text: string): string => parts(text).join('_')
export const kebabCase = (text: string): string => parts(text).join('-')

/** Gives each text a name of its own: one that is taken or reserved becomes `name_2`. */
export function uniqueNames(
  style: (text: string) => string,
  reserved: Iterable<string> = [],
): (text: string) => string {
  const taken = new Set(reserved)
  return (text) => {
    const wanted = style(text)
    let name = wanted
    for (let number = 2; taken.has(name); number += 1) name = `${wanted}_${number}`
    taken.add(name)
    return name
  }
}
