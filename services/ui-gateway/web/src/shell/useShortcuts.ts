import { useEventListener } from '@vueuse/core'
import { commandOf, type Command } from '../rules/keys'
import { useSettings } from '../store/settings'

/** So long after G (ms) a letter goes somewhere. */
const patience = 1_500

/** Runs what a key means. The browser keeps every key that means nothing here. */
export function useShortcuts(commands: Record<Command, () => unknown>): void {
  const settings = useSettings()
  let lastG = -Infinity
  useEventListener(document, 'keydown', (event) => {
    if (event.defaultPrevented) return
    const target = event.target instanceof HTMLElement ? event.target : null
    // Also when the focus fell out of it, as from a button that is busy: Escape closes the dialog and nothing behind it.
    if (document.querySelector('dialog[open]')) return
    const inField = Boolean(target?.closest('input, textarea, select, [contenteditable]'))
    const { key, keyCode, ctrlKey, metaKey, altKey, shiftKey, isComposing } = event
    const isBehindG = event.timeStamp - lastG < patience
    lastG = key === 'g' && !inField && !ctrlKey && !metaKey && !altKey ? event.timeStamp : -Infinity
    const command = commandOf({ key, keyCode, ctrlKey, metaKey, altKey, shiftKey, isComposing, inField }, settings.shortcuts, isBehindG)
    if (!command) return
    if (command === 'leave' && inField) return target?.blur()
    event.preventDefault()
    commands[command]()
  })
}
