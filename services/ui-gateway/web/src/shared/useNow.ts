import { computed, ref, type ComputedRef } from 'vue'

const ticking = new Map<number, ComputedRef<number>>()

/**
 * The time, as often as asked for: one clock for all that show it, so that "Today" and the rings of the whole page change together. A page
 * that comes back from sleep or another tab shows the right time at once.
 */
export function useNow(everyMilliseconds = 30_000): ComputedRef<number> {
  const known = ticking.get(everyMilliseconds)
  if (known) return known
  const time = ref(Date.now())
  const tick = () => (time.value = Date.now())
  setInterval(tick, everyMilliseconds)
  document.addEventListener('visibilitychange', tick)
  const shown = computed(() => time.value)
  ticking.set(everyMilliseconds, shown)
  return shown
}
