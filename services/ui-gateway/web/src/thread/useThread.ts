import { computed, onScopeDispose, ref, watch } from 'vue'
import type { Id } from '../api/types'
import { useLive } from '../live/useLive'
import { bubbleMessage } from '../composer/bubbleMessage'
import { firstUnreadOf, logOf } from '../rules/log'
import { hasRunOut } from '../rules/window'
import { useNow } from '../shared/useNow'
import { useConversations } from '../store/conversations'
import { useOutbox } from '../store/outbox'
import { useSettings } from '../store/settings'
import { useThreads } from '../store/threads'

/**
 * So many pages are read before a thread is shown, at most, to begin at what is unread; further up its line comes when one reads so far.
 */
const mostUnreadPages = 4

/** One thread: its conversation, its messages and bubbles as rows, older pages. */
export function useThread(id: Id, at: Id | null) {
  const conversations = useConversations()
  const threads = useThreads()
  const outbox = useOutbox()
  const settings = useSettings()
  const live = useLive()
  const now = useNow()

  const conversation = computed(() => conversations.rows.get(id) ?? null)
  const thread = computed(() => threads.get(id))
  const isMissing = ref(false)

  // The line stays where it was when the thread was opened, though everything below it is read soon.
  const unreadAtStart = ref<number | null>(null)
  const firstUnread = ref<Id | null>(null)
  /** The newest message when it was opened: what is unread is counted from there up. */
  let lastAtStart: Id | undefined
  watch(
    [conversation, thread],
    ([row, { messages, cursor }]) => {
      if (!row || cursor === undefined || thread.value.hasNewer || firstUnread.value) return
      unreadAtStart.value ??= row.unread_count
      lastAtStart ??= messages.at(-1)?.id
      const end = messages.findIndex((message) => message.id === lastAtStart) + 1
      firstUnread.value = firstUnreadOf(messages.slice(0, end), unreadAtStart.value, cursor === null)
    },
    { immediate: true, flush: 'sync' },
  )
  /** Whether it is shown: the first look is at what is unread, so that is read before. */
  const isOpened = ref(thread.value.cursor !== undefined)

  const pending = computed(() => outbox.of(id).map((bubble) => ({ key: bubble.key, message: bubbleMessage(bubble) })))
  const items = computed(() => (isOpened.value ? allItems.value : []))
  const allItems = computed(() => logOf(thread.value.messages, pending.value, firstUnread.value, unreadAtStart.value ?? 0, settings.zone))

  async function load(): Promise<void> {
    await live.ready
    // Makes the thread known, so that live messages are kept while the page is on its way.
    const messages = at
      ? threads.loadAround(id, at).then((isThere) => (isThere ? undefined : threads.loadNewest(id)))
      : threads.loadNewest(id)
    if (!conversation.value) isMissing.value = (await conversations.load(id)) === null && !conversation.value
    await messages
    for (
      let page = 1;
      page < mostUnreadPages && !at && !firstUnread.value && (unreadAtStart.value ?? 0) > 0 && thread.value.state !== 'error';
      page++
    )
      await threads.loadOlder(id)
    isOpened.value = true
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

  return {
    conversation,
    thread,
    items,
    isOpened,
    isMissing,
    shorten: () => threads.shorten(id),
    load,
    loadOlder: () => threads.loadOlder(id),
    loadNewer: () => threads.loadNewer(id),
    loadNewest: () => threads.loadNewest(id),
    loadAround: (message: Id) => threads.loadAround(id, message),
  }
}
