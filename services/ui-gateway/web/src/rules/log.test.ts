import { describe, expect, it } from 'vitest'
import { firstUnreadOf, logOf } from './log'
import { bubbleKey } from './merge'
import { message } from './sample'

const zone = 'Europe/Berlin'
const inbound = (id: string, time: string) => message({ id, sent_at: time })
const outbound = (id: string, time: string, bubble?: string) =>
  message({ id, sent_at: time, direction: 'outbound', origin: 'ui', metadata: bubble ? { [bubbleKey]: bubble } : null })

describe('the rows of a thread', () => {
  it('are messages in runs of five minutes below their day', () => {
    const items = logOf(
      [inbound('msg_1', '2026-03-10T12:00:00Z'), inbound('msg_2', '2026-03-10T12:04:00Z'), inbound('msg_3', '2026-03-10T12:20:00Z')],
      [], null, 0, zone,
    )
    expect(items.map((item) => (item.kind === 'message' ? [item.begins, item.ends] : item.kind))).toEqual([
      'day',
      [true, false],
      [false, true],
      [true, true],
    ])
  })

  it('have one day line at the reader’s midnight', () => {
    const items = logOf([inbound('msg_1', '2026-03-10T22:59:00Z'), inbound('msg_2', '2026-03-10T23:01:00Z')], [], null, 0, zone)
    expect(items.map((item) => item.kind)).toEqual(['day', 'message', 'day', 'message'])
  })

  it('have the line of what is unread above its first message', () => {
    const messages = [inbound('msg_1', '2026-03-10T12:00:00Z'), inbound('msg_2', '2026-03-10T12:01:00Z')]
    const items = logOf(messages, [], firstUnreadOf(messages, 1, true), 1, zone)
    expect(items.map((item) => item.kind)).toEqual(['day', 'message', 'unread', 'message'])
  })

  it('show a bubble once, under one key, before and after the server has it', () => {
    const bubble = { key: 'b1', message: outbound('b1', '2026-03-10T12:00:00Z') }
    const before = logOf([], [bubble], null, 0, zone)
    const both = logOf([outbound('msg_1', '2026-03-10T12:00:00Z', 'b1')], [bubble], null, 0, zone)
    const after = logOf([outbound('msg_1', '2026-03-10T12:00:00Z', 'b1')], [], null, 0, zone)
    for (const items of [before, both, after])
      expect(items.filter((item) => item.kind === 'message').map((item) => item.key)).toEqual(['b1'])
  })

  it('have no key twice', () => {
    const items = logOf(
      [outbound('msg_1', '2026-03-10T12:00:00Z', 'b1'), outbound('msg_2', '2026-03-10T12:00:00Z', 'b1')],
      [],
      null,
      0,
      zone,
    )
    expect(new Set(items.map((item) => item.key)).size).toBe(items.length)
  })
})

describe('the first unread message', () => {
  it('is counted among the customer’s', () => {
    const messages = [
      inbound('msg_1', '2026-03-10T12:00:00Z'),
      outbound('msg_2', '2026-03-10T12:01:00Z'),
      inbound('msg_3', '2026-03-10T12:02:00Z'),
    ]
    expect(firstUnreadOf(messages, 2, false)).toBe('msg_1')
    expect(firstUnreadOf(messages, 9, true)).toBe('msg_1')
    expect(firstUnreadOf(messages, 9, false)).toBeNull()
    expect(firstUnreadOf(messages, 0, true)).toBeNull()
  })
})
