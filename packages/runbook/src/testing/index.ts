/** Tests of a document. */
export { addTest } from './add-test.ts'
export { recordTest } from './record-test.ts'
export { runTest, runTests, testSteps } from './run-test.ts'
export type { TestedRun, TestResult } from './test-result.ts'
