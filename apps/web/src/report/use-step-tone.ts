'use client'
import { useQuery } from '@tanstack/react-query'
import { useApi } from '../ui/api.tsx'
import { stepTone } from '../ui/run-words.ts'
import type { Tone } from '../ui/tone.ts'
import type { ReportStep } from './content/report-content.ts'

type TonedStep = Pick<ReportStep, 'type' | 'outcome' | 'status' | 'verdict'>

/** The tone of a step by its verdict, or by what its node type says of the outcome. @example const toneOf = useStepTone() */
export function useStepTone(): (step: TonedStep) => Tone {
  const api = useApi()
  const catalogue = useQuery(api.catalogue.get.queryOptions(undefined, { staleTime: 60_000 }))
  return (step) => {
    const nodeType = catalogue.data?.nodeTypes.find(
      ({ type, version }) => `${type}@${version}` === step.type || (version === 1 && type === step.type),
    )
    return stepTone({ ...step, outcomeTone: nodeType?.outcomes.find(({ name }) => name === step.outcome)?.tone })
  }
}
