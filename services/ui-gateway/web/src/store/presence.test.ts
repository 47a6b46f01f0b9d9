// @vitest-environment happy-dom
import { createPinia, setActivePinia } from 'pinia'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { InboxEvent } from '../api/types'
import { usePresence } from './presence'

// One clock for both: it is one for the whole page.
beforeAll(() => void vi.useFakeTimers())
afterAll(() => void vi.useRealTimers())
beforeEach(() => void setActivePinia(createPinia()))

const frame = (state: 'viewing' | 'typing' | 'gone'): InboxEvent => ({
  id: '', type: 'presence', account_id: 'acc_1', conversation_id: 'cnv_1', user: { id: 'usr_2', username: 'ana' }, state,
})

describe('a colleague', () => {
  it('is there, writes and goes', () => {
    const presence = usePresence()
    presence.hear(frame('viewing'))
    presence.hear(frame('typing'))
    expect(presence.of('cnv_1').map((one) => [one.name, one.state])).toEqual([['ana', 'typing']])
    expect(presence.of('cnv_2')).toEqual([])
    presence.hear(frame('gone'))
    expect(presence.of('cnv_1')).toEqual([])
  })
  it('who says nothing for a minute is gone', () => {
    const presence = usePresence()
    presence.hear(frame('viewing'))
    vi.advanceTimersByTime(50_000)
    expect(presence.of('cnv_1').length).toBe(1)
    vi.advanceTimersByTime(20_000)
    expect(presence.of('cnv_1')).toEqual([])
  })
})
