/** The suite that every driver passes: what the action protocol takes for granted of a driver, against a system that fails on purpose. */
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ActionError } from '../src/action-error.ts'
import type { ApplyCall, Driver, Intent, TargetState } from '../src/driver.ts'
import { partsOf, partsOfIntent, readBack } from '../src/read-back.ts'

/**
 * What goes wrong with the next change. `lost-answer`: done, but no answer comes. `slow`: no answer within the driver's time limit, done or not.
 * `half-apply`: only the first part of the change takes effect, and no answer comes. `lie`: says it is done and does nothing.
 */
export type WriteFault = 'lost-answer' | 'slow' | 'half-apply' | 'lie'

/** A system, real or a stand-in that says so, with one target, and a driver for it whose time limit is short (1.5 s or so: a busy machine is no slow target). */
export interface DriverWorld {
  driver: Driver
  /** The same system at an address where nobody listens. */
  away: Driver
  target: string
  /** Absolute and other than what is there; of two parts or more where the system takes that in separate calls. */
  change: Intent
  /** Puts back what was there. */
  back: Intent
  /** A well-formed name of a target that the system does not have. */
  unknownTarget: string
  /** Intents with names or values that must never be sent, also those of kinds that the system does not have. */
  refused: readonly Intent[]
  /** Calls that could change something and reached the system so far. */
  writes(): number
  /** The next change fails so. */
  fail(fault: WriteFault): void
  /** Faults that the system cannot have, each with the reason: a change in one call is never half-applied. */
  cannot?: Partial<Record<WriteFault, string>>
  /** Somebody else changes the target past the product, other than `change` does; the part stays within `change`'s parts. */
  touch(): Promise<void>
  /** What that reads back as, where it is not `foreign`: of a part with two values only, one is as found and the other as wanted. */
  touched?: 'partial'
  /** The system, or the driver before the call, refuses a change that was judged by another version. */
  compares: boolean
  /** The target is taken away from the system. */
  vanish(): Promise<void>
  close(): Promise<void>
}

const freely: ApplyCall = { key: 'conformance', fence: 1, expect: null, sendBefore: Infinity }

/** Runs the suite. `openWorld` is called for each test, so each begins with an untouched target. */
export function describeDriver(name: string, openWorld: () => Promise<DriverWorld>): void {
  describe(`${name}: the contract of a driver`, () => {
    let world: DriverWorld
    let found: TargetState
    let fence = 1
    /** Keys differ and fences rise, as the protocol has it. */
    const call = (more: Partial<ApplyCall> = {}): ApplyCall => {
      fence += 1
      return { ...freely, key: `conformance-${fence}`, fence, ...more }
    }
    const now = (about: Intent = world.change): Promise<TargetState> =>
      world.driver.observe(world.target, undefined, about)
    const said = async (): Promise<string> => readBack(await now(), [world.change], found).kind
    /** How the call ended: null when it said that it is done. */
    const outcome = (applying: Promise<void>): Promise<unknown> =>
      applying.then(
        () => null,
        (error: unknown) => error,
      )
    const partsNow = async (): Promise<unknown> => {
      const parts = partsOf(await now())
      return [...partsOfIntent(world.change).keys()].map((part) => [part, parts.get(part) ?? null])
    }

    beforeEach(async () => {
      world = await openWorld()
      found = await now()
    })
    afterEach(() => world?.close())

    it('observing changes nothing, and names its target', async () => {
      expect(found.target).toBe(world.target)
      expect((await now()).version).toBe(found.version)
      expect(world.writes()).toBe(0)
    })

    it('a change reads back as it was meant, and is another version', async () => {
      await world.driver.apply(world.change, call({ expect: found.version }))
      expect(await said()).toBe('applied')
      expect((await now()).version).not.toBe(found.version)
      expect(world.writes()).toBeGreaterThan(0)
    })

    it('applying twice equals applying once, and the second changes no version', async () => {
      await world.driver.apply(world.change, call())
      const once = await now()
      await world.driver.apply(world.change, call())
      const twice = await now()
      expect(partsOf(twice)).toEqual(partsOf(once))
      expect(twice.version).toBe(once.version)
    })

    it('what was there is put back', async () => {
      const before = await partsNow()
      await world.driver.apply(world.change, call())
      const changed = await now()
      expect(await partsNow()).not.toEqual(before)
      await world.driver.apply(world.back, call({ expect: changed.version }))
      expect(await partsNow()).toEqual(before)
      expect(await said()).toBe('untouched')
    })

    it('names and values that are none are refused, and reach nobody', async () => {
      expect(world.refused.length).toBeGreaterThan(0)
      for (const intent of world.refused)
        await expect(world.driver.apply(intent, call()), JSON.stringify(intent)).rejects.toMatchObject({
          code: 'bad-request',
        })
      for (const target of ['', '../x', 'a b', 'a\nb', 'a;b', 'x'.repeat(2000)])
        await expect(world.driver.observe(target, undefined, { ...world.change, target }), target).rejects.toThrow(
          ActionError,
        )
      expect(world.writes()).toBe(0)
      expect(await said()).toBe('untouched')
    })

    it('a target that is not there is named', async () => {
      const intent = { ...world.change, target: world.unknownTarget }
      await expect(world.driver.observe(world.unknownTarget, undefined, intent)).rejects.toMatchObject({
        code: 'unknown-target',
      })
    })

    it('a process that was held up too long sends nothing, and neither does one that was cancelled', async () => {
      const late = call({ sendBefore: performance.now() - 1 })
      await expect(world.driver.apply(world.change, late)).rejects.toMatchObject({ code: 'stale' })
      const cancelled = call({ signal: AbortSignal.abort() })
      expect(await outcome(world.driver.apply(world.change, cancelled))).toBeInstanceOf(Error)
      expect(world.writes()).toBe(0)
      expect(await said()).toBe('untouched')
    })

    it('one that is away is said to be, and may be asked again', async () => {
      const expected = { code: 'target-unreachable', retryable: true }
      await expect(world.away.observe(world.target, undefined, world.change)).rejects.toMatchObject(expected)
      await expect(world.away.apply(world.change, call())).rejects.toMatchObject(expected)
    })

    it('a lost answer is an error, and reading back shows what was done', async (context) => {
      skipWhenImpossible(world, 'lost-answer', context.skip)
      world.fail('lost-answer')
      expect(await outcome(world.driver.apply(world.change, call()))).toMatchObject({ code: 'target-unreachable' })
      // The answer to the first of several calls was lost: the others were never sent.
      expect(['applied', 'partial']).toContain(await said())
      await world.driver.apply(world.change, call())
      expect(await said()).toBe('applied')
    })

    it('a slow target is given up on, and is as meant or as found once no call can land any more', async (context) => {
      skipWhenImpossible(world, 'slow', context.skip)
      world.fail('slow')
      expect(await outcome(world.driver.apply(world.change, call()))).toMatchObject({ code: 'target-unreachable' })
      await sleep(world.driver.inFlightSeconds * 1000)
      expect(['applied', 'untouched', 'partial']).toContain(await said())
      await world.driver.apply(world.change, call())
      expect(await said()).toBe('applied')
    })

    it('a half-applied change is an error that reads back as half, and applying it again completes it', async (context) => {
      skipWhenImpossible(world, 'half-apply', context.skip)
      world.fail('half-apply')
      expect(await outcome(world.driver.apply(world.change, call()))).toBeInstanceOf(ActionError)
      expect(await said()).toBe('partial')
      await world.driver.apply(world.change, call())
      expect(await said()).toBe('applied')
    })

    it('a target that says it is done and does nothing reads back as untouched', async (context) => {
      skipWhenImpossible(world, 'lie', context.skip)
      world.fail('lie')
      const ended = await outcome(world.driver.apply(world.change, call()))
      // Drivers that read the answer may notice it themselves.
      expect(ended === null || ended instanceof ActionError).toBe(true)
      expect(await said()).toBe('untouched')
    })

    it("somebody else's change is another version, and is not taken for ours", async () => {
      await world.touch()
      expect((await now()).version).not.toBe(found.version)
      expect(await said()).toBe(world.touched ?? 'foreign')
    })

    it('a change that was judged by another version is refused where that can be compared', async () => {
      await world.touch()
      const before = await partsNow()
      const ended = await outcome(world.driver.apply(world.change, call({ expect: found.version })))
      if (!world.compares) return
      expect(ended).toMatchObject({ code: 'stale' })
      expect(await partsNow()).toEqual(before)
      // After a half-applied change any version will do.
      await world.driver.apply(world.change, call({ expect: null }))
      expect(await said()).toBe('applied')
    })

    it('a target that vanished is an error for reading and for changing', async () => {
      await world.vanish()
      const expected = { code: expect.stringMatching(/^(unknown-target|target-unreachable)$/) as unknown }
      await expect(now()).rejects.toMatchObject(expected)
      await expect(world.driver.apply(world.change, call())).rejects.toMatchObject(expected)
    })
  })
}

function skipWhenImpossible(world: DriverWorld, fault: WriteFault, skip: (note: string) => void): void {
  const reason = world.cannot?.[fault]
  if (reason !== undefined) skip(reason)
}
