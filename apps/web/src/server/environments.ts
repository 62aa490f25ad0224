/** Environments: where a version of a runbook can be live. */
import * as z from 'zod'
import { ApiError } from './errors.ts'
import type { Services } from './services.ts'

/** What a caller means that names none. */
export const defaultEnvironment = 'production'

export const environmentName = z
  .string()
  .regex(
    /^[a-z][a-z0-9-]{0,30}$/,
    'Use lower-case letters, digits and dashes; begin with a letter; at most 31 characters.',
  )

/** @throws ApiError `unknown-environment`. */
export async function assertEnvironment({ db }: Pick<Services, 'db'>, environment: string): Promise<void> {
  const known = await db.settings.environments()
  if (known.includes(environment)) return
  throw new ApiError({
    status: 422,
    code: 'unknown-environment',
    message: `There is no environment "${environment}".`,
    fix: `Use one of ${known.join(', ')}, or have an admin add it in Settings.`,
  })
}

/**
 * Sets the list. `production` stays, and so does an environment in which something is live.
 * @throws ApiError `environment-in-use`, `environment-needed`.
 */
export async function saveEnvironments(
  { db }: Pick<Services, 'db'>,
  { names, by }: { names: string[]; by: string },
): Promise<string[]> {
  if (!names.includes(defaultEnvironment)) {
    throw new ApiError({
      status: 422,
      code: 'environment-needed',
      message: `The environment "${defaultEnvironment}" cannot be removed.`,
      fix: `Keep "${defaultEnvironment}" in the list: it is what runs when none is named.`,
    })
  }
  const wanted = [...new Set([defaultEnvironment, ...names])]
  const gone = (await db.settings.environments()).filter((name) => !wanted.includes(name))
  for (const { name, pointers } of gone.length === 0 ? [] : await db.runbooks.list()) {
    const live = pointers.find(({ environment }) => gone.includes(environment))
    if (!live) continue
    throw new ApiError({
      status: 409,
      code: 'environment-in-use',
      message: `The runbook "${name}" is live in "${live.environment}".`,
      fix: 'Delete the runbooks that are live there, or keep the environment.',
    })
  }
  await db.settings.setEnvironments(wanted, by)
  return wanted
}
