/** `npm test` and `npm run bench`, called by the launcher once Node and the packages are right. */
import { generateClient } from './prepare.ts'
import { runTests } from './run-tests.ts'

/** Runs `test` or `bench` and sets the exit code. */
export async function main([command, ...args]: string[]): Promise<void> {
  process.exitCode = await dispatch(command, args)
}

async function dispatch(command: string | undefined, args: string[]): Promise<number> {
  switch (command) {
    case 'test':
      return runTests(args)
    case 'bench':
      return runBench(args)
    default:
      console.error(`✗ Unknown command ${command ?? '(none)'}. Commands: test, bench.`)
      return 1
  }
}

async function runBench(args: string[]): Promise<number> {
  const { problems } = await generateClient()
  for (const problem of problems) console.error(`✗ The database client could not be made: ${problem}`)
  // Only now: the benches import what was made.
  return problems.length > 0 ? 1 : (await import('./bench/index.ts')).bench(args)
}
