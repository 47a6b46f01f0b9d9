import { defineStore } from 'pinia'
import type { InboxEvent } from '../api/types'
import { router } from '../router'
import { nameOf } from '../rules/name'
import { previewOf } from '../rules/preview'
import { isHeard } from '../rules/sound'
import { useSettings } from '../store/settings'
import { i18n } from '../text'

/** What the desktop tells when a customer writes while nobody looks at the page. */
export const useNotices = defineStore('notices', () => {
  const settings = useSettings()
  // Plain http beyond this machine has none.
  const isThere = typeof Notification !== 'undefined'

  /** Asks the browser, which asks the user: called by a click alone. Says whether they are allowed. */
  async function allow(): Promise<boolean> {
    return isThere && (await Notification.requestPermission()) === 'granted'
  }

  function tell(event: InboxEvent): void {
    const isLookedAt = document.visibilityState === 'visible' && document.hasFocus()
    if (!settings.notices || !isThere || Notification.permission !== 'granted' || isLookedAt || !isHeard(event, Date.now())) return
    const message = event.data!.message!
    const contact = event.data?.contact ?? event.data?.conversation?.contact
    const preview = previewOf(message)
    try {
      const notice = new Notification(contact ? nameOf(contact) : 'InstaMessenger', {
        body: 'text' in preview ? preview.text : i18n.global.t(preview.key),
        // One message is told once, whichever tab tells it.
        tag: message.id,
      })
      notice.onclick = () => {
        window.focus()
        notice.close()
        void router.push({
          name: 'thread',
          params: { id: message.conversation_id },
          query: { queue: router.currentRoute.value.query.queue },
        })
      }
    } catch {
      // Phones know none that a page makes by itself.
    }
  }

  return { allow, tell }
})
