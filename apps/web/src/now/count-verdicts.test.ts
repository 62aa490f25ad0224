import { expect, it } from 'vitest'
import { countVerdicts } from './count-verdicts.ts'

it('counts what is not judged, not determined or not known with what people must find out', () => {
  const verdicts = { real: 2, echo: 3, 'normal-loss': 4, undetermined: 1, waiting: 5, 'a-later-word': 1 }
  expect(countVerdicts(verdicts)).toEqual({ real: 2, noise: 7, unsure: 7 })
})
