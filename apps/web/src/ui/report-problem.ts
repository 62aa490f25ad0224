'use client'
import { toast } from 'sonner'
import { readProblem } from './problem.ts'

/** Shows why a press did not work, with what to do next. @example useMutation({ ..., onError: reportProblem('The run was not started') }) */
export function reportProblem(what: string): (error: unknown) => void {
  return (error) => {
    const problem = readProblem(error)
    toast.error(what, { description: `${problem.message} ${problem.fix}`, duration: 10_000 })
  }
}
