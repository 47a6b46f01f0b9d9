import { describe, expect, it } from 'vitest'
import { bubbleKey } from './merge'
import { overtakenBy } from './overtaken'
import { message } from './sample'

const answer = message({ id: 'msg_2', direction: 'outbound', received_at: '2026-03-10T12:05:00.000Z', metadata: { [bubbleKey]: 'b1' } })
const began = '2026-03-10T12:04:00.000Z'

describe('while one writes', () => {
  it('an answer of a colleague is told before the second one goes', () => expect(overtakenBy([answer], began, new Set())).toBe(answer))
  it('one’s own answer is no surprise', () => expect(overtakenBy([answer], began, new Set(['b1']))).toBeNull())
  it('an answer that was there is none', () => expect(overtakenBy([answer], '2026-03-10T12:06:00.000Z', new Set())).toBeNull())
  it('what the customer writes is none', () =>
    expect(overtakenBy([message({ received_at: '2026-03-10T12:05:00.000Z' })], began, new Set())).toBeNull())
  it('nothing is told before one has begun', () => expect(overtakenBy([answer], null, new Set())).toBeNull())
})
