/** `npm test` and `npm run bench`, called by the launcher once Node and the packages are right. */
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
      return (await import('./bench/index.ts')).bench(args)
    default:
      console.error(`✗ Unknown command ${command ?? '(none)'}. Commands: test, bench.`)
      return 1
  }
}
