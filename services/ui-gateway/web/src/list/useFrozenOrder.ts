import { useTimeoutFn } from '@vueuse/core'
import { computed, ref, watch, type Ref } from 'vue'
import { freeze } from '../rules/order'

/** How long the order stays after the pointer last moved in the list. */
const still = 2_000

/** Keeps rows in their places while a hand is in the list, so that none slides away under the pointer. */
export function useFrozenOrder<T extends { id: string }>(rows: Ref<T[]>, of: Ref<unknown>) {
  const isHeld = ref(false)
  const { start, stop } = useTimeoutFn(() => (isHeld.value = false), still, { immediate: false })

  const wanted = computed(() => rows.value.map((row) => row.id))
  const frozen = computed<{ ids: string[]; waiting: number }>((before) =>
    isHeld.value && before ? freeze(before.ids, wanted.value) : { ids: wanted.value, waiting: 0 },
  )
  watch(of, release)

  const ordered = computed(() => {
    const byId = new Map(rows.value.map((row) => [row.id, row]))
    return frozen.value.ids.map((id) => byId.get(id)!).filter(Boolean)
  })

  function hold(): void {
    isHeld.value = true
    start()
  }

  function release(): void {
    stop()
    isHeld.value = false
  }

  return { ordered, waiting: computed(() => frozen.value.waiting), hold, release }
}
