import { expect, test } from 'vitest'
import { whyNotApprove } from './may-approve.ts'

const asked = {
  allowRequester: false,
  approvers: [] as string[],
  people: { requester: 'ana', authors: ['bo'], saidYes: ['cy'] },
}

test('who asked, who wrote it, who said yes and who is not named may not approve', () => {
  expect(whyNotApprove(asked, 'ana')).toContain('You asked')
  expect(whyNotApprove(asked, 'bo')).toContain('You wrote')
  expect(whyNotApprove(asked, 'cy')).toContain('You have said yes')
  expect(whyNotApprove({ ...asked, approvers: ['ed', 'fay'] }, 'di')).toBe('Only ed, fay may approve this.')
  expect(whyNotApprove(asked, 'di')).toBeNull()
})

test('where one person may do both, only who said yes already may not again', () => {
  const both = { ...asked, allowRequester: true }
  expect(['ana', 'bo'].map((who) => whyNotApprove(both, who))).toEqual([null, null])
  expect(whyNotApprove(both, 'cy')).toContain('You have said yes')
})
