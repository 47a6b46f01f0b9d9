import { ApiProblem } from '../api/problem'
import type { InboxEvent } from '../api/types'
import { backoff } from './backoff'
import { sseReader } from './sse'

/**
 * Live: what happens is seen at once. Connecting: a try is under way, or the wait before it. Signed out: nobody asks until somebody signs
 * in.
 */
export type LiveState = 'connecting' | 'live' | 'signed-out'

export interface StreamHooks {
  onEvent: (event: InboxEvent) => void
  /** Everything up to this event has been told. */
  onPosition: (sequence: number) => void
  onState: (state: LiveState) => void
  /** Resolves once somebody is signed in again. */
  whenSignedIn: () => Promise<void>
}

/** The server says something each 15 s; a line that is silent for longer is dead, whatever the browser thinks of it. */
const silence = 40_000

/**
 * Reads the live stream until it is aborted, and comes again after every break where it stopped. It is a fetch and no EventSource, which
 * gives up for good after a 401 or 502, cannot see heartbeats, and says no status.
 */
export async function readStream(after: number | null, hooks: StreamHooks, signal: AbortSignal): Promise<void> {
  let position = after
  for (let attempt = 0; !signal.aborted; attempt++) {
    hooks.onState('connecting')
    try {
      await connect(position, hooks, signal, (sequence) => {
        position = sequence
        attempt = 0
        hooks.onPosition(sequence)
      })
    } catch (error) {
      if (signal.aborted) return
      if (error instanceof ApiProblem && error.status === 401) {
        hooks.onState('signed-out')
        await hooks.whenSignedIn()
        attempt = 0
        continue
      }
      // The log does not reach back to where this page stopped: it goes on from now, and after so long what is shown is read anew anyway.
      if (error instanceof ApiProblem && error.status === 410) position = null
      await pause(error instanceof ApiProblem && error.retryAfter ? error.retryAfter : backoff(attempt), signal)
      continue
    }
    await pause(backoff(attempt), signal)
  }
}

async function connect(
  position: number | null,
  hooks: StreamHooks,
  signal: AbortSignal,
  onSequence: (sequence: number) => void,
): Promise<void> {
  const line = new AbortController()
  const cut = () => line.abort()
  let timer = setTimeout(cut, silence)
  signal.addEventListener('abort', cut)
  // A machine that slept has timers that slept too.
  const awake = watchSleep(cut)
  try {
    const answer = await fetch('/api/v1/events/stream', {
      headers: position === null ? {} : { 'Last-Event-ID': String(position) },
      signal: line.signal,
      cache: 'no-store',
    })
    if (!answer.ok || !answer.body) throw await ApiProblem.of(answer)
    const read = sseReader()
    const bytes = answer.body.pipeThrough(new TextDecoderStream()).getReader()
    for (let isFirst = true; ; isFirst = false) {
      const { done, value } = await bytes.read()
      if (done) return
      clearTimeout(timer)
      timer = setTimeout(cut, silence)
      if (isFirst) hooks.onState('live')
      for (const frame of read(value)) {
        if (frame.data) hooks.onEvent(JSON.parse(frame.data) as InboxEvent)
        const sequence = Number(frame.id)
        if (frame.id !== null && Number.isSafeInteger(sequence)) onSequence(sequence)
      }
    }
  } finally {
    clearTimeout(timer)
    awake()
    line.abort()
    signal.removeEventListener('abort', cut)
  }
}

function watchSleep(onWake: () => void): () => void {
  const every = 5_000
  let last = Date.now()
  const timer = setInterval(() => {
    if (Date.now() - last > silence) onWake()
    last = Date.now()
  }, every)
  return () => clearInterval(timer)
}

/** Waits, but no longer than until the network is back or somebody looks at the page again. */
function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      removeEventListener('online', end)
      document.removeEventListener('visibilitychange', shown)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const shown = () => document.visibilityState === 'visible' && end()
    const timer = setTimeout(end, milliseconds)
    addEventListener('online', end)
    document.addEventListener('visibilitychange', shown)
    signal.addEventListener('abort', end)
  })
}
