/** The server's composition root: every part is made here, once a process, when it is first needed. */
import { catalogue, findNode } from '@tenon/activities'
import { createDataService, loadModel, type DataService } from '@tenon/data'
import { createSecretBox, openDatabase } from '@tenon/db'
import { createExpressRunner } from '@tenon/express'
import { createAuth } from './auth.ts'
import { createChainHealth } from './chain-health.ts'
import { createCompile } from './compile.ts'
import { readConfiguration } from './configuration.ts'
import { createTemporalEngine } from './engine.ts'
import { createLiveHub } from './live-hub.ts'
import type { Services } from './services.ts'
import { createTokenCache } from './token-cache.ts'

/** `next dev` loads modules anew at each edit; connections must not multiply with them. */
const kept = globalThis as { tenonComposition?: Services }

/** @throws Error when the environment is not complete. */
export function composition(): Services {
  kept.tenonComposition ??= compose()
  return kept.tenonComposition
}

function compose(): Services {
  const configuration = readConfiguration(process.env)
  const secretBox = createSecretBox(configuration.encryptionKey)
  const db = openDatabase(configuration.databaseUrl, { secretBox })
  const live = createLiveHub(db)
  let service: Promise<DataService> | null = null

  /** A model that cannot be read is an error of each question about it, not the end of the server. */
  function data(): Promise<DataService> {
    service ??= loadModel(configuration.modelFolder).then((model) =>
      createDataService({
        model,
        sources: (name) => db.connections.address(name),
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
    express: createExpressRunner({
      nodes: { find: findNode },
      contextFor: async () => ({ data: await data(), changes: db.changes }),
      record: (batch) => db.runs.createMany(batch),
    }),
    auth: createAuth({ db, publicUrl: configuration.publicUrl, secret: secretBox.derive('sessions') }),
    catalogue,
    compile: createCompile(db),
    data,
    chainHealth: createChainHealth({ data, db }),
    live,
    tokens: createTokenCache(db.tokens, live),
  }
}
