import { useDocumentVisibility, useWindowFocus } from '@vueuse/core'
import { computed, ref, watch, type Ref } from 'vue'
import { inbox } from '../api/inbox'
import type { Conversation } from '../api/types'
import { useConversations } from '../store/conversations'

/** How long the end of the thread must have been seen. */
const glance = 1_000

/**
 * Marks a thread as read once somebody has really seen its end: the page is in front, has the focus, and the end is in view for a second.
 * What was marked as unread by hand stays so until the thread is opened anew.
 */
export function useReading(conversation: Ref<Conversation | null>, isEndInView: Ref<boolean>) {
  const conversations = useConversations()
  const visibility = useDocumentVisibility()
  const hasFocus = useWindowFocus()
  const isHeld = ref(false)

  const isSeen = computed(
    () =>
      visibility.value === 'visible' && hasFocus.value && isEndInView.value && !isHeld.value && (conversation.value?.unread_count ?? 0) > 0,
  )
  watch(
    [isSeen, () => conversation.value?.unread_count],
    ([seen], _, onCleanup) => {
      if (!seen) return
      const timer = setTimeout(() => void markRead(), glance)
      onCleanup(() => clearTimeout(timer))
    },
    { immediate: true },
  )

  async function markRead(): Promise<void> {
    const row = conversation.value
    if (!row) return
    conversations.change(row.id, (now) => ({ ...now, unread_count: 0 }))
    // The next event of the thread brings the server's number back.
    await inbox.markRead(row.id).catch(() => undefined)
  }

  async function markUnread(): Promise<void> {
    const row = conversation.value
    if (!row) return
    isHeld.value = true
    await inbox.markUnread(row.id)
  }

  return { markUnread }
}
