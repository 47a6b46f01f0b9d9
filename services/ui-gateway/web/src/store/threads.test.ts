import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { Message } from '../api/types'
import { message } from '../rules/sample'
import { useThreads } from './threads'

const asked: string[] = []
/** A thread of 200 messages, as the server has it. */
let kept: Message[] = []

function answer(address: string): Response {
  asked.push(address)
  const query = new URL(address, 'http://here').searchParams
  const place = (name: string) => kept.findIndex((row) => row.id === query.get(name))
  const limit = Number(query.get('limit'))
  let end = kept.length
  if (query.has('after')) end = Math.min(kept.length, place('after') + 1 + limit)
  if (query.has('around')) end = Math.min(kept.length, place('around') + 1 + limit / 2)
  if (query.has('cursor')) end = Number(query.get('cursor'))
  const from = query.has('after') ? place('after') + 1 : Math.max(0, end - limit)
  const isDead = (query.has('around') && place('around') < 0)
  if (isDead) return new Response('{"code":"not_found"}', { status: 404 })
  return Response.json({ data: kept.slice(from, end).reverse(), next_cursor: query.has('after') || from === 0 ? null : String(from) })
}

const row = (n: number) =>
  message({
    id: `msg_${n}`,
    sent_at: new Date(1_700_000_000_000 + n * 60_000).toISOString(),
    received_at: new Date(1_700_000_000_000 + n * 60_000).toISOString(),
  })
const numbers = (messages: Message[]) => messages.map((one) => Number(one.id.slice(4)))
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => from + n)

describe('a thread', () => {
  beforeEach(() => {
    setActivePinia(createPinia())
    asked.length = 0
    kept = range(0, 200).map(row)
    vi.stubGlobal('fetch', async (address: string) => answer(address))
  })

  it('is read from its end, page by page', async () => {
    const threads = useThreads()
    await threads.loadNewest('conv')
    await threads.loadOlder('conv')
    expect(numbers(threads.get('conv').messages)).toEqual(range(100, 200))
  })

  it('is entered in its middle by one call, and read on to both sides', async () => {
    const threads = useThreads()
    await threads.loadNewest('conv')
    asked.length = 0

    expect(await threads.loadAround('conv', 'msg_60')).toBe(true)

    expect(asked).toHaveLength(1)
    expect(numbers(threads.get('conv').messages)).toEqual(range(36, 86))
    expect(threads.get('conv').hasNewer).toBe(true)
    await threads.loadOlder('conv')
    await threads.loadNewer('conv')
    expect(numbers(threads.get('conv').messages)).toEqual(range(0, 136))
  })

  it('has no gap: what comes while one reads in the middle stands at the end once one is there', async () => {
    const threads = useThreads()
    await threads.loadAround('conv', 'msg_140')
    threads.put('conv', [row(200)])
    expect(numbers(threads.get('conv').messages)).not.toContain(200)

    await threads.loadNewer('conv')

    expect(numbers(threads.get('conv').messages)).toEqual(range(116, 201))
    expect(threads.get('conv').hasNewer).toBe(false)
  })

  it('knows its end when the message is near it', async () => {
    const threads = useThreads()
    await threads.loadAround('conv', 'msg_190')
    expect(threads.get('conv').hasNewer).toBe(false)
  })

  it('says when a message is not there', async () => {
    const threads = useThreads()
    await threads.loadNewest('conv')
    expect(await threads.loadAround('conv', 'msg_999')).toBe(false)
    expect(numbers(threads.get('conv').messages)).toEqual(range(150, 200))
  })

  it('has no gap after a break in which more came than a page holds', async () => {
    const threads = useThreads()
    await threads.loadNewest('conv')
    kept = range(0, 300).map(row)

    await threads.loadNewest('conv')
    expect(numbers(threads.get('conv').messages)).toEqual(range(250, 300))
    await threads.loadOlder('conv')
    expect(numbers(threads.get('conv').messages)).toEqual(range(200, 300))
  })

  it('keeps what was read when the break was short', async () => {
    const threads = useThreads()
    await threads.loadNewest('conv')
    await threads.loadOlder('conv')
    kept = range(0, 203).map(row)
    await threads.loadNewest('conv')
    expect(numbers(threads.get('conv').messages)).toEqual(range(100, 203))
  })
})
