// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { InboxEvent } from '../api/types'
import { readStream, type LiveState } from './stream'

type Line = { say: (text: string) => void; end: () => void }
const lines: Line[] = []
const asked: (string | undefined)[] = []
const refusals: Response[] = []
let stop: AbortController
let told: { events: number[]; states: LiveState[]; signIns: number }

beforeEach(() => {
  vi.useFakeTimers()
  lines.length = asked.length = refusals.length = 0
  stop = new AbortController()
  told = { events: [], states: [], signIns: 0 }
  vi.stubGlobal('fetch', async (_: string, { headers, signal }: { headers: Record<string, string>; signal: AbortSignal }) => {
    asked.push(headers['Last-Event-ID'])
    const refusal = refusals.shift()
    if (refusal) return refusal
    let say!: ReadableStreamDefaultController<Uint8Array>
    const body = new ReadableStream<Uint8Array>({ start: (controller) => void (say = controller) })
    signal.addEventListener('abort', () => say.error(new DOMException('aborted', 'AbortError')))
    lines.push({ say: (text) => say.enqueue(new TextEncoder().encode(text)), end: () => say.close() })
    return new Response(body, { status: 200 })
  })
})
afterEach(() => {
  stop.abort()
  vi.useRealTimers()
})

const start = (after: number | null = null) =>
  void readStream(after, {
    onEvent: (event: InboxEvent) => void told.events.push(event.sequence!),
    onPosition: () => undefined,
    onState: (state) => void told.states.push(state),
    whenSignedIn: async () => void told.signIns++,
  }, stop.signal)
const frame = (sequence: number) => `id: ${sequence}\nevent: x\ndata: {"sequence":${sequence}}\n\n`
const soon = () => vi.advanceTimersByTimeAsync(1_000)

describe('the live stream', () => {
  it('goes on behind the last event after a break', async () => {
    start()
    await soon()
    lines[0]!.say('id: 7\n: connected\n\n' + frame(8))
    await soon()
    lines[0]!.end()
    await soon()
    expect(asked).toEqual([undefined, '8'])
    expect(told.events).toEqual([8])
  })

  it('goes on where it began when the line breaks before the first event', async () => {
    start()
    await soon()
    lines[0]!.say('id: 7\n: connected\n\n')
    await soon()
    lines[0]!.end()
    await soon()
    expect(asked).toEqual([undefined, '7'])
  })

  it('takes a line that is silent for 40 s for dead, and not one with heartbeats', async () => {
    start()
    await soon()
    for (let beat = 0; beat < 8; beat++) {
      lines[0]!.say(': heartbeat\n\n')
      await vi.advanceTimersByTimeAsync(15_000)
    }
    expect(asked.length).toBe(1)
    await vi.advanceTimersByTimeAsync(45_000)
    expect(asked.length).toBe(2)
  })

  it('waits for a sign-in after 401, and never gives up', async () => {
    refusals.push(
      Response.json({}, { status: 401 }),
      Response.json({}, { status: 502 }),
      Response.json({}, { status: 429, headers: { 'Retry-After': '7' } }),
    )
    start(5)
    await soon()
    expect(told.signIns).toBe(1)
    await vi.advanceTimersByTimeAsync(6_000)
    expect(asked.length).toBe(3)
    await vi.advanceTimersByTimeAsync(4_000)
    expect(asked).toEqual(['5', '5', '5', '5'])
    lines[0]!.say(': connected\n\n')
    await soon()
    expect(told.states.at(-1)).toBe('live')
  })

  it('goes on from now when the log does not reach back to where it stopped', async () => {
    refusals.push(Response.json({ code: 'events_expired', oldest_sequence: 900 }, { status: 410 }))
    start(5)
    await vi.advanceTimersByTimeAsync(10_000)
    expect(asked).toEqual(['5', undefined])
  })

  it('ends when it is told to', async () => {
    start()
    await soon()
    stop.abort()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(asked.length).toBe(1)
  })
})
