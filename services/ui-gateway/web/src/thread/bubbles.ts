import type { Component } from 'vue'
import type { Message } from '../api/types'
import AudioBubble from './bubbles/AudioBubble.vue'
import DeletedBubble from './bubbles/DeletedBubble.vue'
import EphemeralBubble from './bubbles/EphemeralBubble.vue'
import FileBubble from './bubbles/FileBubble.vue'
import HeartBubble from './bubbles/HeartBubble.vue'
import ImageBubble from './bubbles/ImageBubble.vue'
import NoteBubble from './bubbles/NoteBubble.vue'
import PostbackBubble from './bubbles/PostbackBubble.vue'
import ReferralFact from './bubbles/ReferralFact.vue'
import ShareBubble from './bubbles/ShareBubble.vue'
import StickerBubble from './bubbles/StickerBubble.vue'
import StoryMentionBubble from './bubbles/StoryMentionBubble.vue'
import StoryReplyBubble from './bubbles/StoryReplyBubble.vue'
import TemplateBubble from './bubbles/TemplateBubble.vue'
import TextBubble from './bubbles/TextBubble.vue'
import UnsupportedBubble from './bubbles/UnsupportedBubble.vue'
import VideoBubble from './bubbles/VideoBubble.vue'
import type { Kind } from '../rules/preview'

const bubbles: Record<Kind, Component> = {
  text: TextBubble,
  image: ImageBubble,
  video: VideoBubble,
  audio: AudioBubble,
  file: FileBubble,
  sticker: StickerBubble,
  like_heart: HeartBubble,
  story_mention: StoryMentionBubble,
  story_reply: StoryReplyBubble,
  share: ShareBubble,
  reel: ShareBubble,
  postback: PostbackBubble,
  template: TemplateBubble,
  referral: ReferralFact,
  ephemeral: EphemeralBubble,
  deleted: DeletedBubble,
  note: NoteBubble,
  unsupported: UnsupportedBubble,
}

/** The one place that says what a message looks like. A kind that is younger than this page is shown as what it is: not understood here. */
export const bubbleFor = (kind: string): Component => (Object.hasOwn(bubbles, kind) ? bubbles[kind as Kind] : UnsupportedBubble)

/** Whether it stands without a frame. */
export const isPlain = ({ kind, reply_to }: Message): boolean => (kind === 'sticker' || kind === 'like_heart') && !reply_to
