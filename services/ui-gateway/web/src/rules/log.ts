import type { Message } from '../api/types'
import { dayOf } from './days'
import { keyOf } from './merge'

/** A bubble that the server does not have yet. */
export interface Pending {
  key: string
  message: Message
}

export type LogItem =
  | { kind: 'day'; key: string; day: string }
  | { kind: 'unread'; key: string; count: number }
  | { kind: 'message'; key: string; message: Message; begins: boolean; ends: boolean; isLocal: boolean }

/** Messages of one side within this time are one run. */
const runMilliseconds = 5 * 60_000

/** What stands for itself in the middle of the thread, with nothing said before or after it in one breath. */
const alone = new Set(['referral', 'deleted'])

/**
 * The rows of a thread: a line for each day, one above the first unread message, and the messages in runs. `unread` is how many were unread
 * when the thread was opened; the line stays where it is until the thread is left.
 */
export function logOf(
  messages: readonly Message[],
  pending: readonly Pending[],
  firstUnread: string | null,
  unread: number,
  zone?: string,
): LogItem[] {
  const items: LogItem[] = []
  const shown = new Set(messages.map(keyOf))
  const all = [
    ...messages.map((message) => ({ key: keyOf(message), message, isLocal: false })),
    ...pending.filter((bubble) => !shown.has(bubble.key)).map((bubble) => ({ ...bubble, isLocal: true })),
  ]
  const used = new Set<string>()
  let day = ''
  all.forEach(({ key, message, isLocal }, index) => {
    const its = dayOf(message.sent_at, zone)
    if (its !== day) items.push({ kind: 'day', key: `day ${its}${used.has(its) ? index : ''}`, day: its })
    const newDay = its !== day
    day = its
    const isFirstUnread = message.id === firstUnread
    if (isFirstUnread) items.push({ kind: 'unread', key: 'unread', count: unread })
    const before = all[index - 1]?.message
    const after = all[index + 1]?.message
    items.push({
      kind: 'message',
      // Two parts of one request carry the same key.
      key: used.has(key) ? message.id : key,
      message,
      begins: newDay || isFirstUnread || !before || !isOneRun(before, message),
      ends: !after || after.id === firstUnread || dayOf(after.sent_at, zone) !== its || !isOneRun(message, after),
      isLocal,
    })
    used.add(key).add(its)
  })
  return items
}

function isOneRun(one: Message, other: Message): boolean {
  return (
    one.direction === other.direction &&
    one.origin === other.origin &&
    !alone.has(one.kind) &&
    !alone.has(other.kind) &&
    one.status !== 'failed' &&
    one.status !== 'unknown' &&
    Date.parse(other.sent_at) - Date.parse(one.sent_at) < runMilliseconds
  )
}

/** The first of the last `unread` messages of the customer; null when none is unread, or when it has not been read so far up. */
export function firstUnreadOf(messages: readonly Message[], unread: number, isWhole: boolean): string | null {
  if (unread <= 0) return null
  const inbound = messages.filter((message) => message.direction === 'inbound')
  return inbound[inbound.length - unread]?.id ?? (isWhole ? (inbound[0]?.id ?? null) : null)
}
