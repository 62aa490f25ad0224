import { readFileSync } from 'node:fs'
import { delimiter } from 'node:path'
import * as z from 'zod'

const port = z.coerce.number().int().min(1).max(65_535)

const environment = z.object({
  DATABASE_URL: z.string().min(1, 'Set DATABASE_URL to a PostgreSQL database; `npm start` brings one.'),
  TEMPORAL_ADDRESS: z.string().default('127.0.0.1:7233'),
  TEMPORAL_NAMESPACE: z.string().default('default'),
  TENON_TASK_QUEUE: z.string().default('tenon'),
  TENON_MODEL_DIR: z.string().min(1).optional(),
  TENON_ANALYSIS_TO: z.string().min(1).optional(),
  TENON_PDF_FONTS: z.string().default(''),
  TENON_ENCRYPTION_KEY: z.string().optional(),
  TENON_ENCRYPTION_KEY_FILE: z.string().optional(),
  TENON_PUBLIC_URL: z.url().optional(),
  HOST: z.string().default('127.0.0.1'),
  PORT: port.default(3000),
})

export interface Configuration {
  databaseUrl: string
  temporal: { address: string; namespace: string; taskQueue: string }
  /** Its files are brought into the stored model at start; null for none. */
  modelFolder: string | null
  /** The connection of a metrics store that verdicts are written to; null for none. */
  analysisTo: string | null
  /** Font files, or folders of such, that PDFs have beside their own: for scripts such as Chinese. */
  pdfFonts: string[]
  encryptionKey: string
  /** Without a slash at the end. */
  publicUrl: string
}

/** The web server's environment, read once. @throws Error that names each variable that is wrong. */
export function readConfiguration(env: Record<string, string | undefined>): Configuration {
  const parsed = environment.safeParse(env)
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`)
    throw new Error(`The environment is not complete:\n${lines.join('\n')}`)
  }
  const values = parsed.data
  return {
    databaseUrl: values.DATABASE_URL,
    temporal: {
      address: values.TEMPORAL_ADDRESS,
      namespace: values.TEMPORAL_NAMESPACE,
      taskQueue: values.TENON_TASK_QUEUE,
    },
    modelFolder: values.TENON_MODEL_DIR ?? null,
    analysisTo: values.TENON_ANALYSIS_TO ?? null,
    pdfFonts: values.TENON_PDF_FONTS.split(delimiter).filter((path) => path !== ''),
    encryptionKey: encryptionKey(values),
    publicUrl: (values.TENON_PUBLIC_URL ?? `http://${values.HOST}:${values.PORT}`).replace(/\/+$/, ''),
  }
}

function encryptionKey(values: z.infer<typeof environment>): string {
  if (values.TENON_ENCRYPTION_KEY) return values.TENON_ENCRYPTION_KEY
  if (values.TENON_ENCRYPTION_KEY_FILE) return readFileSync(values.TENON_ENCRYPTION_KEY_FILE, 'utf8').trim()
  throw new Error(
    'There is no encryption key. Set TENON_ENCRYPTION_KEY (base64, 32 bytes) or TENON_ENCRYPTION_KEY_FILE.',
  )
}
