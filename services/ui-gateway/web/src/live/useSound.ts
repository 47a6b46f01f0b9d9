import { defineStore } from 'pinia'
import { ref } from 'vue'
import type { InboxEvent } from '../api/types'
import { isHeard, soundEvery } from '../rules/sound'
import { useSettings } from '../store/settings'

/**
 * A sound when a customer writes. A browser may refuse it until somebody has clicked; that is found out and told.
 */
export const useSound = defineStore('sound', () => {
  const settings = useSettings()
  const isRefused = ref(false)
  let last = 0

  /** Plays, and says whether it was heard. */
  async function play(): Promise<boolean> {
    const wasPlayed = await import('./chime').then(({ chime }) => chime()).catch(() => false)
    isRefused.value = !wasPlayed
    return wasPlayed
  }

  /** Called for each event in the one tab that reads the stream, so that it sounds once. */
  function hear(event: InboxEvent): void {
    const now = Date.now()
    if (!settings.sound || now - last < soundEvery || !isHeard(event, now)) return
    last = now
    void play()
  }

  return { isRefused, play, hear }
})
