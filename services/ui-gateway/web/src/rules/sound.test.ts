import { describe, expect, it } from 'vitest'
import type { InboxEvent, Message } from '../api/types'
import { message } from './sample'
import { isHeard } from './sound'

const now = Date.parse('2026-03-10T12:00:05.000Z')
const event = (change: Partial<Message> = {}, type = 'message.received') =>
  ({ id: 'evt_1', type, account_id: 'acc_1', conversation_id: 'cnv_1', data: { message: message(change) } }) as InboxEvent

describe('a sound', () => {
  it('tells that a customer wrote', () => expect(isHeard(event(), now)).toBe(true))
  it.each([
    ['our own message', event({ direction: 'outbound' }, 'message.sent')],
    ['our own message that was written in the app', event({ direction: 'outbound' })],
    ['a message of the past that is imported', event({ history: true })],
    ['a message that was replayed after a break', event({ received_at: '2026-03-10T11:00:00.000Z' })],
    ['a status', event({}, 'message.status')],
  ])('is not made for %s', (_, silent) => expect(isHeard(silent, now)).toBe(false))
})
