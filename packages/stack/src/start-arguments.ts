import { parseArgs } from 'node:util'
import { StackError } from './stack-error.ts'

export interface StartArguments {
  reset: boolean
  demo: boolean
  dev: boolean
  port: number | undefined
  host: string | undefined
}

export const START_USAGE = `npm start -- [options]

  --port N      port of the web pages (default 3000, or that of the last start)
  --host H      where they listen (default 127.0.0.1; everything else always listens there)
  --reset       begin anew: removes everything in the data folder
  --no-demo     without the demo shop
  --dev         compile pages as they are opened, for people who change them

The data folder is .data, or TENON_HOME. DATABASE_URL, TEMPORAL_ADDRESS, TENON_METRICS_URL and TENON_ALERTMANAGER_URL
name servers of your own.`

/** The options of `npm start`; null when help was asked for. @throws StackError `bad-argument`. */
export function parseStartArguments(args: string[]): StartArguments | null {
  const { values } = parse(args)
  if (values.help) return null
  return {
    reset: values.reset ?? false,
    demo: values.demo ?? true,
    dev: values.dev ?? false,
    port: values.port === undefined ? undefined : parsePort(values.port),
    host: values.host,
  }
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      allowNegative: true,
      options: {
        reset: { type: 'boolean' },
        demo: { type: 'boolean' },
        dev: { type: 'boolean' },
        port: { type: 'string' },
        host: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
        // The launcher's own: it has heeded it already.
        quiet: { type: 'boolean' },
      },
    })
  } catch (cause) {
    const message = cause instanceof Error ? cause.message.split('. ')[0] : String(cause)
    throw new StackError('bad-argument', `${message}.`, 'See npm start -- --help.', { cause })
  }
}

function parsePort(text: string): number {
  const port = Number(text)
  if (/^\d+$/.test(text) && port >= 1 && port <= 65_535) return port
  throw new StackError('bad-argument', `--port ${text} is not a port.`, 'Give a number from 1 to 65535.')
}
