import { expect, test } from 'vitest'
import { courseOf, failingGuards, reachOf } from './plan-words.ts'

const guard = (name: string, pass: boolean) => ({ name, pass, detail: `${name} said` })
const facts = [
  { label: 'moves', value: '50 % of requests' },
  { label: 'by waves', value: '10 %, 100 %, each watched for 2 min' },
  { label: 'verify', value: 'weights read back' },
  { label: 'reverts', value: 'by itself 30 min after it is applied' },
]
const effects = [
  { label: 'requests to zone A', now: '90.0/s', expected: '0.0/s' },
  { label: 'payment.success-rate', now: '86 %', expected: 'at least 98 %', tone: 'abnormal' as const },
]

test('how far it reaches: what it touches and moves', () => {
  expect(reachOf({ facts, guards: [guard('Blast radius', true)] })).toEqual([
    { label: 'touches', value: 'Blast radius said' },
    { label: 'moves', value: '50 % of requests' },
  ])
})

test('how it goes: waves, what stops it, what is verified, when it reverts', () => {
  expect(courseOf({ facts, effects, leaseSeconds: 1800 }).map(({ label, value }) => `${label}: ${value}`)).toEqual([
    'by waves: 10 %, 100 %, each watched for 2 min; the next begins only when all is well',
    'stops at harm: payment.success-rate must stay at least 98 %; if not, or without data for a minute, it is put back at once',
    'verifies: weights read back',
    'reverts: by itself 30 min after it is applied, unless it is reverted or renewed on Actions',
  ])
})

test('what cannot be put back says so', () => {
  expect(courseOf({ facts: [], effects, leaseSeconds: 0 })).toEqual([
    { label: 'looks at', value: 'payment.success-rate after it: at least 98 %, or it is not verified' },
    { label: 'reverts', value: 'not by itself: it cannot be put back' },
  ])
})

test('every guard that does not pass is named, of every plan, with what to do', () => {
  const plans = [
    { title: 'one', guards: [guard('Writes are allowed', false), guard('Blast radius', true)] },
    { title: 'two', guards: [guard('Calendars are open', false), guard('Else', false)] },
  ]
  expect(failingGuards(plans)).toMatchObject([
    { plan: 'one', name: 'Writes are allowed', fix: expect.stringContaining('Resume writes') },
    { plan: 'two', name: 'Calendars are open' },
    { plan: 'two', name: 'Else', fix: expect.stringContaining('Remove what it names') },
  ])
  expect(failingGuards(plans.slice(0, 1))[0]?.plan).toBeNull()
})
