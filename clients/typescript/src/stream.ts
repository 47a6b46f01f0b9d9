import { parseEvent, type InboxEvent } from './events.js'
import { ApiProblem } from './problem.js'

/** A line that died without a word is noticed by this: the product says something every 15 s. */
const silence = 45_000
const firstWait = 1_000
const longestWait = 30_000

export interface Line {
  /** Asks for the stream behind a place in the log; null is the log's end. */
  requestOf: (place: string | null) => Request
  send: typeof fetch
  sleep: (milliseconds: number, signal?: AbortSignal) => Promise<void>
  signal: AbortSignal | undefined
}

interface Frame {
  /** Where the stream stands behind it; null when the frame does not say. */
  id: string | null
  /** An event as JSON; null for a frame that only says where the stream stands. */
  data: string | null
}

/** Follows the live stream, over as many connections as it takes. */
export async function* follow(line: Line, after: number | null): AsyncGenerator<InboxEvent, never> {
  let place = after === null ? null : String(after)
  for (let breaks = 0; ; breaks++) {
    let told: number | null = null
    line.signal?.throwIfAborted()
    const request = line.requestOf(place)
    try {
      for await (const { id, data } of frames(await answerTo(request, line.send), line.signal)) {
        breaks = 0
        place = id ?? place
        // A frame without an id is in no log: who else is in a conversation, told to the session of a person.
        if (id !== null && data !== null) yield parseEvent(data)
      }
    } catch (error) {
      if (line.signal?.aborted) throw line.signal.reason
      if (error instanceof SyntaxError || (error instanceof ApiProblem && !error.isTemporary)) throw error
      if (error instanceof ApiProblem) told = error.retryAfter
    }
    await unlessAborted(line.sleep(told ?? waitAfter(breaks), line.signal), line.signal)
  }
}

async function answerTo(request: Request, send: typeof fetch): Promise<Response> {
  const answer = await send(request)
  if (!answer.ok || !answer.headers.get('Content-Type')?.startsWith('text/event-stream')) throw await ApiProblem.of(answer)
  return answer
}

/** Twice as long each time, less a random part: thousands are cut off together, and must not all come back at once. */
function waitAfter(breaks: number): number {
  return Math.min(longestWait, firstWait * 2 ** breaks) * (0.5 + Math.random() / 2)
}

/** Whole frames. What has begun and has not ended when the stream does was no frame. */
async function* frames(answer: Response, signal: AbortSignal | undefined): AsyncGenerator<Frame, void> {
  const reader = answer.body!.getReader()
  const utf8 = new TextDecoder()
  let rest = ''
  let frame: Frame = { id: null, data: null }
  try {
    for (let part: Uint8Array | undefined; (part = await nextPart(reader, signal)); ) {
      const lines = (rest + utf8.decode(part, { stream: true })).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines.map((text) => text.replace(/\r$/, ''))) {
        if (line !== '') {
          frame = withLine(frame, line)
          continue
        }
        if (frame.id !== null || frame.data !== null) yield frame
        frame = { id: null, data: null }
      }
    }
  } finally {
    // Also when nobody wants more: the connection would stay open.
    await reader.cancel().catch(() => {})
  }
}

function withLine(frame: Frame, line: string): Frame {
  const [, field, value = ''] = /^(id|data): ?(.*)$/.exec(line) ?? []
  if (field === 'id') return { ...frame, id: value }
  if (field === 'data') return { ...frame, data: frame.data === null ? value : `${frame.data}\n${value}` }
  return frame
}

/** What comes next; undefined at the end, and when nothing comes for too long. */
async function nextPart(reader: ReadableStreamDefaultReader<Uint8Array>, signal: AbortSignal | undefined): Promise<Uint8Array | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const silent = new Promise<{ value?: undefined }>((done) => {
    timer = setTimeout(() => done({}), silence)
  })
  try {
    return (await unlessAborted(Promise.race([reader.read(), silent]), signal)).value
  } finally {
    clearTimeout(timer)
  }
}

/** Waits for something, unless the signal ends that. */
async function unlessAborted<T>(wait: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return wait
  signal.throwIfAborted()
  let stop: () => void = () => {}
  const aborted = new Promise<never>((_, fail) => {
    stop = () => fail(signal.reason)
    signal.addEventListener('abort', stop, { once: true })
  })
  try {
    return await Promise.race([wait, aborted])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
