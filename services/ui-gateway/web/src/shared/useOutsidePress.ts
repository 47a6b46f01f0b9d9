import { useEventListener } from '@vueuse/core'
import type { Ref } from 'vue'

/**
 * Calls when somebody presses anywhere but in the element. VueUse's own, which looks into frames and shadow roots too, is ten times as
 * large.
 */
export function useOutsidePress(box: Ref<HTMLElement | null>, then: () => void): void {
  useEventListener(document, 'pointerdown', (event) => {
    if (box.value && !event.composedPath().includes(box.value)) then()
  })
}
