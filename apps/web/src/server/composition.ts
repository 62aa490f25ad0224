/** The server's composition root: every part is made here, once a process, when it is first needed. */
import { catalogue } from '@tenon/activities'
import { createDataService, loadModel, type DataService } from '@tenon/data'
import { createSecretBox, openDatabase } from '@tenon/db'
import { compileRunbook } from '@tenon/runbook'
import { createAuth } from './auth.ts'
import { createChainHealth } from './chain-health.ts'
import { readConfiguration } from './configuration.ts'
import { createTemporalEngine } from './engine.ts'
import { createLiveHub, type LiveHub } from './live-hub.ts'
import type { Services } from './services.ts'

export interface Composition extends Services {
  live: LiveHub
}

/** `next dev` loads modules anew at each edit; connections must not multiply with them. */
const kept = globalThis as { tenonComposition?: Composition }

/** @throws Error when the environment is not complete. */
export function composition(): Composition {
  kept.tenonComposition ??= compose()
  return kept.tenonComposition
}

function compose(): Composition {
  const configuration = readConfiguration(process.env)
  const secretBox = createSecretBox(configuration.encryptionKey)
  const db = openDatabase(configuration.databaseUrl, { secretBox })
  let service: Promise<DataService> | null = null

  /** A model that cannot be read is an error of each question about it, not the end of the server. */
  function data(): Promise<DataService> {
    service ??= loadModel(configuration.modelFolder).then((model) =>
      createDataService({
        model,
        async sources(name) {
          const found = await db.connections.get(name)
          return found?.kind === 'prometheus' ? { url: found.url, secret: await db.connections.secret(name) } : null
        },
      }),
    )
    service.catch(() => {
      service = null
    })
    return service
  }

  return {
    configuration,
    db,
    engine: createTemporalEngine(configuration.temporal),
    auth: createAuth({ db, publicUrl: configuration.publicUrl, secret: secretBox.derive('sessions') }),
    catalogue,
    compile: (source) => compileRunbook(source, catalogue),
    data,
    chainHealth: createChainHealth({ data, db }),
    live: createLiveHub(db),
  }
}
