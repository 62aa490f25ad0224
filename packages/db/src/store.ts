import { PrismaPg } from '@prisma/adapter-pg'
import { PrismaClient, type Prisma } from './generated/client.ts'
import { channel, type LiveMessage } from './live.ts'

export type Transaction = Prisma.TransactionClient

/** What repositories share: the client, and the one way to write. */
export interface Store {
  readonly client: PrismaClient
  /**
   * Runs `work` in one transaction. What it tells is sent to listeners when, and only when, the transaction commits.
   */
  write<T>(work: (tx: Transaction, tell: (message: LiveMessage) => void) => Promise<T>): Promise<T>
}

/** Connects lazily: the first query opens the first connection. */
export function openStore(url: string, options: { connections?: number } = {}): Store {
  const adapter = new PrismaPg({
    connectionString: url,
    max: options.connections ?? 10,
    connectionTimeoutMillis: 5_000,
  })
  const client = new PrismaClient({ adapter })
  return {
    client,
    write: (work) =>
      client.$transaction(
        async (tx) => {
          const told = new Map<string, LiveMessage>()
          const result = await work(tx, (message) => told.set(`${message.topic}/${message.id}`, message))
          for (const message of told.values()) {
            await tx.$executeRaw`SELECT pg_notify(${channel}, ${JSON.stringify(message)})`
          }
          return result
        },
        { maxWait: 10_000, timeout: 15_000 },
      ),
  }
}
