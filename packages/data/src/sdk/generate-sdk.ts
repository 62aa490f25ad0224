/** SDKs and schemas of a model, from the one description of what can be asked. */
import { DataError } from '../data-error.ts'
import type { Model } from '../model/model.ts'
import { describeSdk, type SdkDomain } from './describe-sdk.ts'
import { pythonRuntime } from './python-runtime.ts'
import type { SdkFile } from './sdk-file.ts'
import { typescriptCode, typescriptPackage, typescriptTypes } from './typescript-runtime.ts'
import { pythonPackage, writePython } from './write-python.ts'
import { writeJsonSchemas, writeOpenApi } from './write-schemas.ts'
import { writeTypescript } from './write-typescript.ts'

export const sdkLanguages = ['typescript', 'python', 'json-schema', 'openapi'] as const
export type SdkLanguage = (typeof sdkLanguages)[number]

export interface GeneratedSdk {
  /** By name: what each domain's module is called, and how many services it has. */
  domains: { id: string; kind: string | null; services: number }[]
  files: SdkFile[]
}

/**
 * The files of an SDK. Written in slices, since 50,000 services take longer than a request may wait.
 *
 * @param options.domains only these; all without it
 * @throws DataError `unknown-domain`
 */
export async function generateSdk(
  model: Model,
  { language, domains: wanted }: { language: SdkLanguage; domains?: readonly string[] },
): Promise<GeneratedSdk> {
  const all = await describeSdk(model)
  const missing = wanted?.find((id) => !all.some((domain) => domain.id === id))
  if (missing !== undefined)
    throw new DataError('unknown-domain', `The model has no domain "${missing}".`, {
      fix:
        all.length === 0
          ? 'Give the model tables first.'
          : `Use one of: ${all
              .slice(0, 20)
              .map(({ id }) => id)
              .join(', ')}.`,
    })
  const chosen = wanted ? all.filter(({ id }) => wanted.includes(id)) : all
  const files = [...runtimeFiles(language)]
  for (const domain of chosen) files.push(...(await domainFiles(model, domain, language)))
  return {
    domains: chosen.map(({ id, kind, tables }) => ({
      id,
      kind,
      services: tables.reduce((sum, { measures }) => sum + measures.length, 0),
    })),
    files,
  }
}

function runtimeFiles(language: SdkLanguage): SdkFile[] {
  switch (language) {
    case 'typescript':
      return [
        { path: 'package.json', text: typescriptPackage },
        { path: 'index.d.ts', text: typescriptTypes },
        { path: 'index.js', text: typescriptCode },
      ]
    case 'python':
      return [
        { path: `${pythonPackage}/__init__.py`, text: pythonRuntime },
        { path: `${pythonPackage}/py.typed`, text: '' },
      ]
    case 'json-schema':
    case 'openapi':
      return []
  }
}

async function domainFiles(model: Model, domain: SdkDomain, language: SdkLanguage): Promise<SdkFile[]> {
  switch (language) {
    case 'typescript':
      return writeTypescript(domain)
    case 'python':
      return [await writePython(domain)]
    case 'json-schema':
      return [await writeJsonSchemas(model, domain)]
    case 'openapi':
      return [await writeOpenApi(model, domain)]
  }
}
