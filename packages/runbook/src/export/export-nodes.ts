/** The compute steps of an export as functions: what the product's own nodes are held against. */
export { computeFunction } from './compute-functions.ts'
export { conclude } from './project/nodes/conclude.ts'
export { branch, setValues, switchCase } from './project/nodes/steer.ts'
