/** The Temporal server for one machine: the CLI's dev server on a file, with settings that make it quick. */
import { connect as connectHttp2 } from 'node:http2'
import type { PartSpec } from './supervisor.ts'

export interface TemporalOptions {
  executable: string
  port: number
  host?: string
  /** Keeps workflows over restarts; in memory without it. */
  databaseFile?: string
}

/** Where clients connect. */
export function temporalAddress({ host = '127.0.0.1', port }: Pick<TemporalOptions, 'host' | 'port'>): string {
  return `${host}:${port}`
}

export function temporalPart(options: TemporalOptions): PartSpec {
  const host = options.host ?? '127.0.0.1'
  return {
    name: 'temporal',
    command: options.executable,
    args: [
      'server',
      'start-dev',
      '--headless',
      `--ip=${host}`,
      `--port=${options.port}`,
      '--log-level=warn',
      ...(options.databaseFile ? [`--db-filename=${options.databaseFile}`] : []),
      // The dev server asks its transfer queue for work at most 20 times a second, which costs 40-50 ms a hop.
      '--dynamic-config-value=history.transferProcessorMaxPollRPS=2000',
      '--dynamic-config-value=system.enableActivityEagerExecution=true',
      // Four partitions of a queue are for fleets of workers: of our few pollers none may look at one, and what comes there waits for 2 s.
      '--dynamic-config-value=matching.numTaskqueueReadPartitions=1',
      '--dynamic-config-value=matching.numTaskqueueWritePartitions=1',
      '--sqlite-pragma=journal_mode=WAL',
      '--sqlite-pragma=synchronous=NORMAL',
    ],
    ready: () => isServing(`http://${host}:${options.port}`),
    restart: true,
  }
}

const SERVICE = 'temporal.api.workflowservice.v1.WorkflowService'

/**
 * Whether a Temporal server answers at `http://host:port`. Asks the standard gRPC health service. Written on node:http2, because the launcher and the doctor should not pay half a second
 * to load the SDK for one call of 60 bytes.
 */
export function isServing(origin: string): Promise<boolean> {
  return new Promise((resolve) => {
    const session = connectHttp2(origin)
    const finish = (serving: boolean): void => {
      session.destroy()
      resolve(serving)
    }
    session.setTimeout(1_000, () => finish(false))
    session.once('error', () => finish(false))
    const call = session.request({
      ':method': 'POST',
      ':path': '/grpc.health.v1.Health/Check',
      'content-type': 'application/grpc',
      te: 'trailers',
    })
    const chunks: Buffer[] = []
    call.on('data', (chunk: Buffer) => chunks.push(chunk))
    call.once('error', () => finish(false))
    // HealthCheckResponse { status = 1 }: after the 5-byte frame, field 1 as a varint; 1 is SERVING.
    call.once('end', () =>
      finish(
        Buffer.concat(chunks)
          .subarray(5)
          .equals(Buffer.from([0x08, 0x01])),
      ),
    )
    const service = Buffer.from(SERVICE)
    const message = Buffer.concat([Buffer.from([0x0a, service.length]), service])
    const frame = Buffer.alloc(5)
    frame.writeUInt32BE(message.length, 1)
    call.end(Buffer.concat([frame, message]))
  })
}
