import type { InboxEvent } from '../api/types'
import { readStream, type LiveState, type StreamHooks } from './stream'

type Said = { event: InboxEvent } | { position: number } | { state: LiveState } | { who: 'asks' }

export interface LiveHooks {
  /** `leads`: whether this tab reads the stream for all. */
  onEvent: (event: InboxEvent, leads: boolean) => void
  onState: (state: LiveState) => void
  whenSignedIn: () => Promise<void>
}

/**
 * One stream for all tabs of a browser, which has six connections to a server and no more: whoever holds the lock reads it and tells the
 * others. When that tab closes the next one has the lock, and goes on where it heard the last. Without locks (plain http beyond this
 * machine) each tab reads for itself.
 */
export function followLive(userId: string, hooks: LiveHooks): () => void {
  const stop = new AbortController()
  const name = `im-live ${userId}`
  let position: number | null = null
  let state: LiveState = 'connecting'
  const show = (now: LiveState) => {
    state = now
    hooks.onState(now)
  }

  if (!navigator.locks || typeof BroadcastChannel === 'undefined') {
    void readStream(
      null,
      { ...hooks, onEvent: (event) => hooks.onEvent(event, true), onState: show, onPosition: () => undefined },
      stop.signal,
    )
    return () => stop.abort()
  }

  const channel = new BroadcastChannel(name)
  let leads = false
  channel.onmessage = ({ data }: MessageEvent<Said>) => {
    if ('who' in data) {
      if (leads) tell({ state })
    } else if (leads) return
    else if ('event' in data) {
      // A frame that is in no log moves nothing.
      position = data.event.sequence ?? position
      hooks.onEvent(data.event, false)
    } else if ('position' in data) position = data.position
    else show(data.state)
  }
  const tell = (said: Said) => channel.postMessage(said)
  tell({ who: 'asks' })

  const leading: StreamHooks = {
    whenSignedIn: hooks.whenSignedIn,
    onEvent: (event) => {
      tell({ event })
      hooks.onEvent(event, true)
    },
    onPosition: (sequence) => {
      position = sequence
      tell({ position: sequence })
    },
    onState: (now) => {
      tell({ state: now })
      show(now)
    },
  }
  navigator.locks
    .request(name, { signal: stop.signal }, () => {
      leads = true
      return readStream(position, leading, stop.signal)
    })
    .catch(() => undefined)
  return () => {
    stop.abort()
    channel.close()
  }
}
