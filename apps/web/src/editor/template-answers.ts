/** What a runbook is the answer to, in words. Pure. */
import type { Diagnoses, Symptom } from '@tenon/runbook'

/** "Answers: latency or errors of a service or database." */
export function answersOf({ subjects, symptoms }: Diagnoses): string {
  const what = [...new Set(symptoms.map(wordsOf))]
  const whom = subjects.map((subject) => (subject === 'entity' ? 'anything' : subject))
  const [first = ''] = whom
  const article = first === 'anything' ? '' : /^[aeiou]/.test(first) ? 'an ' : 'a '
  return `Answers: ${either(what)} of ${article}${either(whom)}.`
}

function wordsOf(symptom: Symptom): string {
  switch (symptom) {
    case 'drop':
      return 'a drop'
    case 'latency':
      return 'latency'
    case 'errors':
      return 'errors'
    case 'saturation':
      return 'saturation'
    case 'low-traffic':
      return 'low traffic'
    case 'outlier':
      return 'a part that differs'
    case 'source':
      return 'less from the source'
    case 'any':
      return 'anything unclear'
  }
}

function either(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
}
