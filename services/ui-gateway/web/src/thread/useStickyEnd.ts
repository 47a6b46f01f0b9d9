import { useEventListener, useResizeObserver } from '@vueuse/core'
import { VList } from 'virtua/vue'
import { computed, nextTick, ref, shallowRef, useTemplateRef, watch, type ComponentPublicInstance, type Ref } from 'vue'
import type { Id } from '../api/types'
import type { LogItem } from '../rules/log'

/** This close to the end counts as at the end. */
const tolerance = 48

/** For this long (ms) after somebody moved up, what grows pulls them down no more: a wheel moves by less than the tolerance at first. */
const leaving = 500

/**
 * Keeps the reader's place. At the end it stays at the end, whatever comes or grows; anywhere else nothing moves: what comes below is
 * counted, what comes above is made room for.
 */
export function useStickyEnd(
  items: Ref<LogItem[]>,
  hasNewer: Ref<boolean>,
  at: Ref<Id | null>,
  hooks: { older: () => void; newer: () => void; newest: () => void },
) {
  const list = useTemplateRef<InstanceType<typeof VList>>('list')
  const isAtEnd = ref(true)
  const isPlaced = ref(false)
  const missed = ref(0)
  const shift = shallowRef(false)
  const root = computed(() => (list.value as unknown as ComponentPublicInstance | null)?.$el as HTMLElement | null)
  const inner = computed(() => (root.value?.firstElementChild as HTMLElement | undefined) ?? null)

  /** Whether what was seen last had newer messages behind it: what is added then is read on, and nothing new. */
  let wasMiddle = hasNewer.value

  let leftAt = -Infinity
  /**
   * Where to be while rows get their real heights, until somebody moves. Virtua's own way cannot be called off: it goes on for 150 ms after
   * each row that is measured, and took whoever began to read up back.
   */
  let aim: (() => number) | null = null
  function hold(): void {
    const scroller = root.value
    if (!scroller || !aim) return
    scroller.scrollTop = aim()
    // Rows that fill no screen do not scroll, so nothing else says that this is the end.
    if (!hasNewer.value && scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight <= 1) isAtEnd.value = true
  }
  function go(to: () => number): void {
    aim = to
    hold()
  }
  function goTo(index: number, align: 'start' | 'center'): void {
    isAtEnd.value = false
    go(() => {
      const handle = list.value
      if (!handle) return 0
      const offset = handle.getItemOffset(index)
      return align === 'start' ? offset : offset - (handle.viewportSize - handle.getItemSize(index)) / 2
    })
  }
  /** Somebody moves by hand. */
  function leave(): void {
    leftAt = performance.now()
    aim = null
  }
  const isLeaving = () => performance.now() - leftAt < leaving

  function toEnd(): void {
    if (hasNewer.value) return hooks.newest()
    missed.value = 0
    isAtEnd.value = true
    go(() => root.value?.scrollHeight ?? 0)
  }

  function onScroll(offset: number): void {
    const handle = list.value
    if (!handle || !isPlaced.value) return
    const below = handle.scrollSize - offset - handle.viewportSize
    if (below <= (isLeaving() ? 1 : tolerance)) isAtEnd.value = !hasNewer.value
    // Rows at the end turned out to be of another height than they were taken for, and nobody moved.
    else if (isAtEnd.value && !isLeaving()) return toEnd()
    else isAtEnd.value = false
    if (isAtEnd.value) missed.value = 0
    if (offset < 2 * handle.viewportSize) hooks.older()
    if (hasNewer.value && below < 2 * handle.viewportSize) hooks.newer()
  }

  // Before the rows are laid out: whether they came above or below decides from which side the place is kept.
  watch(
    items,
    (now, before) => {
      const last = (rows: LogItem[]) => rows.at(-1)?.key
      const first = (rows: LogItem[]) => rows.find((row) => row.kind === 'message')?.key
      shift.value = before.length > 0 && first(now) !== first(before) && last(now) === last(before)
      const isReadOn = wasMiddle
      wasMiddle = hasNewer.value
      // The aim is a place among the rows that were there.
      if (!isAtEnd.value) aim = null
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
        goTo(named, 'center')
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
        goTo(unread, 'start')
      })
    },
    { flush: 'post', immediate: true },
  )

  // A picture that grows, a field that takes more room, a keyboard that comes up.
  const keep = () => isPlaced.value && !isLeaving() && (isAtEnd.value ? toEnd() : hold())
  useResizeObserver(inner, keep)
  useResizeObserver(root, keep)
  useEventListener(document, 'visibilitychange', keep)
  useEventListener(root, 'wheel', (event: WheelEvent) => event.deltaY < 0 && leave(), { passive: true })
  useEventListener(root, 'touchmove', leave, { passive: true })
  useEventListener(root, 'keydown', (event: KeyboardEvent) => ['ArrowUp', 'PageUp', 'Home', 'Tab'].includes(event.key) && leave())
  useEventListener(root, 'pointerdown', (event: PointerEvent) => event.target === root.value && leave())

  return { isAtEnd, missed, shift, toEnd, goTo, onScroll }
}
