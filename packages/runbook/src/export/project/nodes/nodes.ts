/** Steps that only compute, as plain functions. */
export { conclude } from './conclude.ts'
export { branch, setValues, switchCase } from './steer.ts'
