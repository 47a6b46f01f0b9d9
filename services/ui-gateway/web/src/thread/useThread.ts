import { computed, onScopeDispose, ref, watch } from 'vue'
import type { Id } from '../api/types'
import { useLive } from '../live/useLive'
import { bubbleMessage } from '../composer/bubbleMessage'
import { firstUnreadOf, logOf } from '../rules/log'
import { hasRunOut } from '../rules/window'
import { useNow } from '../shared/useNow'
import { useConversations } from '../store/conversations'
import { useOutbox } from '../store/outbox'
import { useThreads } from '../store/threads'

/** One thread: its conversation, its messages and bubbles as rows, older pages. */
export function useThread(id: Id, at: Id | null) {
  const conversations = useConversations()
  const threads = useThreads()
  const outbox = useOutbox()
  const live = useLive()
  const now = useNow()

  const conversation = computed(() => conversations.rows.get(id) ?? null)
  const thread = computed(() => threads.get(id))
  const isMissing = ref(false)

  // The line stays where it was when the thread was opened, though everything below it is read soon.
  const unreadAtStart = ref<number | null>(null)
  const firstUnread = ref<Id | null>(null)
  watch(
    [conversation, thread],
    ([row, { messages, cursor }]) => {
      if (!row || cursor === undefined || thread.value.hasNewer || unreadAtStart.value !== null) return
      unreadAtStart.value = row.unread_count
      firstUnread.value = firstUnreadOf(messages, row.unread_count)
    },
    { immediate: true },
  )

  const pending = computed(() => outbox.of(id).map((bubble) => ({ key: bubble.key, message: bubbleMessage(bubble) })))
  const items = computed(() => logOf(thread.value.messages, pending.value, firstUnread.value, unreadAtStart.value ?? 0))

  async function load(): Promise<void> {
    await live.ready
    // Makes the thread known, so that live messages are kept while the page is on its way.
    const messages = at ? threads.loadAround(id, at).then((isThere) => (isThere ? undefined : threads.loadNewest(id))) : threads.loadNewest(id)
    if (!conversation.value) isMissing.value = (await conversations.load(id)) === null && !conversation.value
    await messages
  }
  void load()

  // In the middle of a thread nothing is missed: its end is read when one comes there.
  watch(() => live.missed, () => thread.value.hasNewer || void threads.loadNewest(id))
  // The server says what the window is; that an hour has struck is only a reason to ask.
  watch(
    () => (conversation.value && hasRunOut(conversation.value.window, now.value) ? conversation.value.window.closes_at : null),
    (ended) => ended && void conversations.load(id),
  )
  onScopeDispose(() => threads.leave(id))

  return { conversation, thread, items, isMissing, load, loadOlder: () => threads.loadOlder(id), loadNewer: () => threads.loadNewer(id), loadNewest: () => threads.loadNewest(id), loadAround: (message: Id) => threads.loadAround(id, message) }
}
