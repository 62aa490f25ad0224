/**
 * Loaded ahead of everything, in each of the worker's threads (`--require`). The SDK notes a stack trace for every promise that a workflow makes, for Temporal's
 * query `__stack_trace`; that is more work than the workflows themselves do, half of the worker's time. What a run waits for is told by its own query `runState`.
 * Errors keep their stack traces.
 */
require('node:v8').promiseHooks.createHook = () => () => undefined
