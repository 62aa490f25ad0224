/** The worker's environment, parsed once at its edge. */
import { fileURLToPath } from 'node:url'
import path from 'node:path'
import * as z from 'zod'

const repository = fileURLToPath(new URL('../../..', import.meta.url))

export const environment = z.object({
  DATABASE_URL: z.url(),
  TEMPORAL_ADDRESS: z.string().min(1).default('127.0.0.1:7233'),
  TEMPORAL_NAMESPACE: z.string().min(1).default('default'),
  TENON_TASK_QUEUE: z.string().min(1).default('tenon'),
  /** Folder of `*.yaml` files that are brought into the stored model at start. */
  TENON_MODEL_DIR: z.string().min(1).optional(),
  /** Where browsers find the pages, for links in what other systems show. */
  TENON_PUBLIC_URL: z.url().optional(),
  /** The connection of a metrics store that verdicts are written to; none without it. */
  TENON_ANALYSIS_TO: z.string().min(1).optional(),
  /** Where the workflow code of this build and of those before it is kept, for runs that began with them. */
  TENON_BUILDS_DIR: z
    .string()
    .min(1)
    .default(path.join(repository, 'apps', 'worker', 'dist', 'builds')),
  /** `off` for a Temporal server that does not know worker deployments (before 1.28): runs then move to new code as they go. */
  TENON_WORKER_VERSIONING: z.enum(['on', 'off']).default('on'),
  /** `GET /healthz` answers here, on loopback, once the worker takes work; without it nothing listens. */
  TENON_WORKER_PORT: z.coerce.number().int().min(1).max(65_535).optional(),
  /** Set by whoever starts the worker as a part of itself: the worker ends when that process does. */
  TENON_PARENT: z.coerce.number().int().positive().optional(),
  /** While this file exists writes are stopped, whatever the database says; its folder must exist. */
  TENON_STOP_FILE: z.string().min(1).optional(),
  /** How long a measure that an action must not harm may be missing before that counts as harm. */
  TENON_HARM_GRACE_SECONDS: z.coerce.number().int().min(5).max(3600).default(60),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
})
export type Environment = z.infer<typeof environment>

/** @throws Error that names every variable that is missing or wrong. */
export function readEnvironment(variables: NodeJS.ProcessEnv): Environment {
  const parsed = environment.safeParse(variables)
  if (parsed.success) return parsed.data
  const lines = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`)
  throw new Error(
    `The worker's environment is incomplete:\n${lines.join('\n')}\nSet these variables, or start Tenon with npm start, which does.`,
  )
}
