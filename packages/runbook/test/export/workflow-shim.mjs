/**
 * What exported code imports as '@temporalio/workflow' in the tests: its calls, timers and messages are noted and answered by the driver
 * (see virtual-workflow.ts), which stands in this place while a run is driven.
 */
import { createRequire } from 'node:module'

const { ActivityFailure, ApplicationFailure, CancelledFailure, ChildWorkflowFailure, TimeoutFailure } = createRequire(
  process.env.TENON_EXPORT_REQUIRE_FROM ?? import.meta.url,
)('@temporalio/common')
export { ActivityFailure, ApplicationFailure, CancelledFailure, ChildWorkflowFailure, TimeoutFailure }

const world = () => globalThis[Symbol.for('tenon.virtual-workflow')]

export const ActivityCancellationType = { TRY_CANCEL: 'TRY_CANCEL', WAIT_CANCELLATION_COMPLETED: 'WAIT' }
export const ChildWorkflowCancellationType = { WAIT_CANCELLATION_COMPLETED: 'WAIT' }
export const isCancellation = (failure) => failure instanceof CancelledFailure
export const log = { error() {}, warn() {}, info() {} }
export const workflowInfo = () => ({ workflowId: 'run' })
export const defineUpdate = (name) => ({ name })
export const defineQuery = (name) => ({ name })
export const setHandler = (definition, handler, options) =>
  world().handlers.set(definition.name, { handler, ...options })
export const condition = (holds) => world().condition(holds)
export const sleep = (ms, options) => world().sleep(ms / 1000, options.summary, CancellationScope.now)
export const executeChild = (workflow, options) => world().child(options, CancellationScope.now)
export const proxyActivities = (options) =>
  new Proxy(
    {},
    {
      get:
        (_, name) =>
        (...args) =>
          world().activity(String(name), { args, options, scope: CancellationScope.now }),
    },
  )

export class CancellationScope {
  static now = null
  static current = () => ({ cancelRequested: new Promise(() => {}) })
  static nonCancellable = (work) => work()
  cancelled = []
  run(work) {
    const outer = CancellationScope.now
    CancellationScope.now = this
    try {
      return work()
    } finally {
      CancellationScope.now = outer
    }
  }
  cancel() {
    for (const hear of this.cancelled) hear(new CancelledFailure('cancelled'))
  }
}
