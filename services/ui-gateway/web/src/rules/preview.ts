import type { Message } from '../api/types'

/** What a row says of a message: words of its own, or the name of a sentence with the customer's. */
export type Preview = { text: string } | { key: string }

/** One line for a message in the list, in a quotation and for screen readers. */
export function previewOf(message: Pick<Message, 'kind' | 'text' | 'postback' | 'referral' | 'share' | 'attachments'>): Preview {
  if (message.kind === 'deleted') return { key: 'kind.deleted' }
  if (message.text) return { text: message.text.replace(/\s+/g, ' ') }
  if (message.kind === 'postback' && message.postback?.title) return { text: message.postback.title }
  if (message.kind === 'share' && message.share?.title) return { text: message.share.title }
  if (message.kind === 'image' && message.attachments.length > 1) return { key: 'kind.images' }
  return { key: `kind.${isKnownKind(message.kind) ? message.kind : 'unsupported'}` }
}

export const kinds = [
  'text', 'image', 'video', 'audio', 'file', 'sticker', 'like_heart', 'story_mention', 'story_reply', 'share', 'reel', 'postback',
  'template', 'referral', 'ephemeral', 'deleted', 'note', 'unsupported',
] as const

export type Kind = (typeof kinds)[number]

export const isKnownKind = (kind: string): kind is Kind => (kinds as readonly string[]).includes(kind)
