import { isNoise, isVerdict } from '../alerts/verdict-words.ts'

/** Open groups by what people have to do: look, find out, or nothing. */
export function countVerdicts(verdicts: Record<string, number>): { real: number; unsure: number; noise: number } {
  const sum = { real: 0, unsure: 0, noise: 0 }
  for (const [verdict, count] of Object.entries(verdicts)) {
    if (verdict === 'real') sum.real += count
    else if (isVerdict(verdict) && isNoise(verdict)) sum.noise += count
    else sum.unsure += count
  }
  return sum
}
