import type { Message } from '../api/types'
import { bubbleKey } from '../rules/merge'
import type { Bubble } from '../store/outbox'

/** A bubble in the form of a message, so that it is shown like one. */
export function bubbleMessage(bubble: Bubble): Message {
  const type = bubble.file?.type.split('/')[0] ?? ''
  return {
    id: bubble.key,
    instagram_message_id: null,
    account_id: bubble.accountId,
    conversation_id: bubble.conversationId,
    direction: 'outbound',
    kind: bubble.file ? (['image', 'video', 'audio'].includes(type) ? type : 'file') : 'text',
    text: bubble.file ? null : bubble.text,
    raw: null,
    attachments: [],
    story: null,
    share: null,
    postback: null,
    quick_reply: null,
    referral: null,
    template: null,
    reactions: [],
    reply_to: bubble.quoted
      ? { message_id: bubble.quoted.id, instagram_message_id: '', kind: bubble.quoted.kind, excerpt: bubble.quoted.excerpt }
      : null,
    edits: [],
    status: bubble.state === 'refused' ? 'failed' : 'pending',
    origin: 'ui',
    sent_by: null,
    error: bubble.state === 'refused' ? { code: bubble.code, message: bubble.reason, retryable: true, retry_at: null } : null,
    standby: false,
    self: false,
    history: false,
    metadata: { [bubbleKey]: bubble.key },
    schedule_at: null,
    sent_at: bubble.createdAt,
    received_at: bubble.createdAt,
    read_at: null,
    edited_at: null,
    deleted_at: null,
  }
}
