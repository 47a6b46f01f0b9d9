import { useEventListener, useResizeObserver } from '@vueuse/core'
import { VList } from 'virtua/vue'
import { computed, nextTick, ref, shallowRef, watch, type ComponentPublicInstance, type Ref } from 'vue'
import type { Id } from '../api/types'
import type { LogItem } from '../rules/log'

/** This close to the end counts as at the end. */
const tolerance = 48

/**
 * Keeps the reader's place. At the end it stays at the end, whatever comes or grows; anywhere else nothing moves: what comes below is
 * counted, what comes above is made room for.
 */
export function useStickyEnd(items: Ref<LogItem[]>, hasNewer: Ref<boolean>, at: Ref<Id | null>, hooks: { older: () => void; newer: () => void; newest: () => void }) {
  const list = ref<InstanceType<typeof VList> | null>(null)
  const isAtEnd = ref(true)
  const isPlaced = ref(false)
  const missed = ref(0)
  const shift = shallowRef(false)
  const root = computed(() => (list.value as unknown as ComponentPublicInstance | null)?.$el as HTMLElement | null)
  const inner = computed(() => (root.value?.firstElementChild as HTMLElement | undefined) ?? null)

  /** Whether what was seen last had newer messages behind it: what is added then is read on, and nothing new. */
  let wasMiddle = hasNewer.value

  function toEnd(): void {
    if (hasNewer.value) return hooks.newest()
    missed.value = 0
    isAtEnd.value = true
    list.value?.scrollToIndex(items.value.length - 1, { align: 'end' })
  }

  function onScroll(offset: number): void {
    const handle = list.value
    if (!handle || !isPlaced.value) return
    const below = handle.scrollSize - offset - handle.viewportSize
    isAtEnd.value = below <= tolerance && !hasNewer.value
    if (isAtEnd.value) missed.value = 0
    if (offset < 2 * handle.viewportSize) hooks.older()
    if (hasNewer.value && below < 2 * handle.viewportSize) hooks.newer()
  }

  // Before the rows are laid out: whether they came above or below decides from which side the place is kept.
  watch(
    items,
    (now, before) => {
      const last = (rows: LogItem[]) => rows.at(-1)?.key
      shift.value = before.length > 0 && now.length > before.length && last(now) === last(before)
      const isReadOn = wasMiddle
      wasMiddle = hasNewer.value
      if (before.length === 0 || now.length === 0) return
      const known = new Set(before.map((item) => item.key))
      const added = now.slice(now.findLastIndex((item) => known.has(item.key)) + 1).filter((item) => item.kind === 'message')
      if (added.length === 0) return
      // The end took the place of the middle.
      if (isReadOn && !hasNewer.value && added.length === now.filter((item) => item.kind === 'message').length) return void nextTick(toEnd)
      const mine = added.some((item) => item.kind === 'message' && item.isLocal)
      if (mine || isAtEnd.value) void nextTick(toEnd)
      else if (!isReadOn) missed.value += added.filter((item) => item.kind === 'message' && item.message.direction === 'inbound').length
    },
    { flush: 'sync' },
  )

  /** At the first look: the end, or the line of what is unread when it lies above. */
  watch(
    [list, () => items.value.length > 0],
    async ([handle, isThere]) => {
      if (!handle || !isThere || isPlaced.value) return
      await nextTick()
      const named = items.value.findIndex((item) => item.kind === 'message' && item.message.id === at.value)
      if (named >= 0) {
        isAtEnd.value = false
        handle.scrollToIndex(named, { align: 'center' })
        requestAnimationFrame(() => (isPlaced.value = true))
        return
      }
      toEnd()
      // The rows that are seen there have their real heights now.
      requestAnimationFrame(() => {
        isPlaced.value = true
        const now = list.value
        const unread = items.value.findIndex((item) => item.kind === 'unread')
        if (!now || unread < 0 || now.getItemOffset(unread) >= now.scrollSize - now.viewportSize) return toEnd()
        isAtEnd.value = false
        now.scrollToIndex(unread, { align: 'start' })
      })
    },
    { flush: 'post', immediate: true },
  )

  // A picture that grows, a field that takes more room, a keyboard that comes up.
  const keep = () => isAtEnd.value && isPlaced.value && toEnd()
  useResizeObserver(inner, keep)
  useResizeObserver(root, keep)
  useEventListener(document, 'visibilitychange', keep)

  return { list, isAtEnd, missed, shift, toEnd, onScroll }
}
