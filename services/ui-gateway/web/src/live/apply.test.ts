import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { Conversation, InboxEvent, Message } from '../api/types'
import { bubbleKey } from '../rules/merge'
import { conversation, message } from '../rules/sample'
import { useConversations } from '../store/conversations'
import { useThreads } from '../store/threads'
import { applyEvent, type Stores } from './apply'

let stores: Stores
let removed: string[]

beforeEach(() => {
  setActivePinia(createPinia())
  removed = []
  stores = { conversations: useConversations(), threads: useThreads(), outbox: { remove: (key) => void removed.push(key) } }
  vi.stubGlobal('fetch', vi.fn(async () => Response.json({ data: [], next_cursor: null })))
})

const event = (type: string, data: InboxEvent['data']): InboxEvent => ({
  id: 'evt_1', sequence: 1, type, account_id: 'acc_1', conversation_id: 'cnv_1', data,
})

describe('a live message', () => {
  const news = message({ id: 'msg_2', text: 'and blue?', sent_at: '2026-03-10T12:01:00.000Z' })
  const thread: Partial<Conversation> = conversation({ unread_count: 2 })
  delete thread.last_message

  it('changes its row and its thread without a question to the server', async () => {
    await stores.threads.loadNewest('cnv_1')
    vi.mocked(fetch).mockClear()
    stores.conversations.put(conversation())
    applyEvent(event('message.received', { message: news, conversation: thread }), stores)
    applyEvent(event('message.received', { message: news, conversation: thread }), stores)
    expect(stores.conversations.rows.get('cnv_1')).toMatchObject({ unread_count: 2, last_message: { id: 'msg_2' } })
    expect(stores.threads.get('cnv_1').messages.map((row) => row.id)).toEqual(['msg_2'])
    expect(fetch).not.toHaveBeenCalled()
  })

  it('that the page of a list had already changes nothing of its row', () => {
    stores.conversations.put(conversation({ unread_count: 5 }), 7)
    applyEvent({ ...event('message.received', { message: news, conversation: thread }), sequence: 7 }, stores)
    expect(stores.conversations.rows.get('cnv_1')?.unread_count).toBe(5)

    applyEvent({ ...event('message.received', { message: news, conversation: thread }), sequence: 8 }, stores)
    expect(stores.conversations.rows.get('cnv_1')?.unread_count).toBe(2)
  })

  it('is not undone by a page that was read before it', () => {
    stores.conversations.put(conversation(), 7)
    applyEvent({ ...event('message.received', { message: news, conversation: thread }), sequence: 9 }, stores)
    stores.conversations.put(conversation({ unread_count: 0 }), 8)
    expect(stores.conversations.rows.get('cnv_1')?.unread_count).toBe(2)
  })

  it('of a thread that is new makes its row', () => {
    applyEvent(event('message.received', { message: news, conversation: thread }), stores)
    expect(stores.conversations.rows.get('cnv_1')).toMatchObject({ unread_count: 2, last_message: { id: 'msg_2' } })
  })

  it('that is older than the last one does not become the last', () => {
    stores.conversations.put(conversation({ last_message: news }))
    applyEvent(event('message.edited', { message: message(), conversation: thread }), stores)
    expect(stores.conversations.rows.get('cnv_1')?.last_message?.id).toBe('msg_2')
  })

  it('of the same moment as the last one becomes the last, whatever its id', () => {
    stores.conversations.put(conversation({ last_message: news }))
    applyEvent(event('message.received', { message: { ...news, id: 'msg_0' }, conversation: thread }), stores)
    expect(stores.conversations.rows.get('cnv_1')?.last_message?.id).toBe('msg_0')
  })

  it('takes over from its bubble', () => {
    const mine: Message = message({ id: 'msg_3', direction: 'outbound', status: 'pending', metadata: { [bubbleKey]: 'b1' } })
    applyEvent(event('message.status', { message: mine, conversation: thread }), stores)
    expect(removed).toEqual(['b1'])
  })
})

describe('what happens to a message', () => {
  const mine = message({ id: 'msg_3', direction: 'outbound', status: 'sent' })

  beforeEach(async () => {
    await stores.threads.loadNewest('cnv_1')
    stores.threads.put('cnv_1', [message(), mine])
    stores.conversations.put(conversation({ last_message: mine }))
  })

  it('a reaction is shown, once, and goes when it is taken back', () => {
    const heart = { by: 'customer' as const, reaction: 'love', emoji: '❤️', at: '2026-03-10T12:02:00.000Z' }
    const react = event('message.reaction', { message_id: 'msg_3', reaction: { ...heart, action: 'react' } })
    applyEvent(react, stores)
    applyEvent(react, stores)
    expect(stores.threads.get('cnv_1').messages[1]?.reactions).toEqual([heart])
    applyEvent(event('message.reaction', { message_id: 'msg_3', reaction: { ...heart, action: 'unreact' } }), stores)
    expect(stores.threads.get('cnv_1').messages[1]?.reactions).toEqual([])
  })

  it('a read receipt counts for what was sent before it', () => {
    applyEvent(event('message.read', { message_id: 'msg_3', read_at: '2026-03-10T12:05:00.000Z' }), stores)
    expect(stores.threads.get('cnv_1').messages.map((row) => row.status)).toEqual([null, 'read'])
    expect(stores.conversations.rows.get('cnv_1')?.last_message?.status).toBe('read')
  })
})
