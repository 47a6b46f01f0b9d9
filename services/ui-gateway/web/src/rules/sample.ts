import type { Conversation, Message } from '../api/types'

/** A message for tests. */
export function message(change: Partial<Message> = {}): Message {
  return {
    id: 'msg_1',
    instagram_message_id: 'mid_1',
    account_id: 'acc_1',
    conversation_id: 'cnv_1',
    direction: 'inbound',
    kind: 'text',
    text: 'hello',
    raw: null,
    attachments: [],
    story: null,
    share: null,
    postback: null,
    quick_reply: null,
    referral: null,
    template: null,
    reactions: [],
    reply_to: null,
    edits: [],
    status: null,
    origin: null,
    sent_by: null,
    error: null,
    metadata: null,
    standby: false,
    self: false,
    history: false,
    schedule_at: null,
    sent_at: '2026-03-10T12:00:00.000Z',
    received_at: '2026-03-10T12:00:00.000Z',
    read_at: null,
    edited_at: null,
    deleted_at: null,
    ...change,
  }
}

/** A conversation for tests. */
export function conversation(change: Partial<Conversation> = {}): Conversation {
  return {
    id: 'cnv_1',
    account_id: 'acc_1',
    contact: {
      id: '2001',
      username: 'mara',
      name: 'Mara',
      profile_picture_url: null,
      follower_count: null,
      is_user_follow_business: null,
      is_business_follow_user: null,
      is_verified_user: null,
    },
    last_message: message(),
    unread_count: 0,
    window: { state: 'open', closes_at: '2026-03-11T12:00:00.000Z' },
    awaits_reply: (change.last_message ?? message()).direction === 'inbound',
    failed: false,
    updated_at: '2026-03-10T12:00:00.000Z',
    ...change,
  }
}
