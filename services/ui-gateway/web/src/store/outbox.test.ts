// @vitest-environment happy-dom
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { bubbleKey } from '../rules/merge'
import { useOutbox, type Bubble } from './outbox'
import { useSession } from './session'

const answers: (() => Response)[] = []
const calls: { key: string; body: Record<string, unknown> }[] = []
const ok = () => Response.json({ message_id: 'msg_1', status: 'pending' }, { status: 202 })
const away = () => {
  throw new TypeError('Failed to fetch')
}
const refusal = () => Response.json({ code: 'window_closed', detail: 'The customer last wrote more than 7 days ago.' }, { status: 409 })

const bubble = (key: string, text = 'hello'): Omit<Bubble, 'state' | 'progress' | 'reason' | 'code' | 'createdAt'> => ({
  key, conversationId: 'cnv_1', accountId: 'acc_1', recipientId: '2001', text, file: null, quoted: null, scheduleAt: null,
})
const states = () => [...useOutbox().bubbles.values()].map((one) => one.state)

function start(): ReturnType<typeof useOutbox> {
  setActivePinia(createPinia())
  useSession().userId = 'usr_1'
  return useOutbox()
}

beforeEach(() => {
  vi.useFakeTimers()
  localStorage.clear()
  answers.length = calls.length = 0
  vi.stubGlobal('fetch', async (_: string, { headers, body }: { headers: Record<string, string>; body: string }) => {
    calls.push({ key: headers['Idempotency-Key']!, body: JSON.parse(body) })
    return (answers.shift() ?? ok)()
  })
})
afterEach(() => vi.useRealTimers())

describe('what is sent', () => {
  it('goes again until the server has it, under one key', async () => {
    answers.push(away, () => Response.json({ code: 'unavailable' }, { status: 503 }))
    start().add([bubble('b1')])
    await vi.advanceTimersByTimeAsync(60_000)
    expect(calls.map((call) => call.key)).toEqual(['b1', 'b1', 'b1'])
    expect(calls[0]?.body.metadata).toEqual({ [bubbleKey]: 'b1' })
    expect(states()).toEqual(['accepted'])
  })

  it('keeps its order: the second waits for the first', async () => {
    answers.push(away)
    start().add([bubble('b1'), bubble('b2')])
    await vi.advanceTimersByTimeAsync(60_000)
    expect(calls.map((call) => call.key)).toEqual(['b1', 'b1', 'b2'])
  })

  it('goes at once when the network is back', async () => {
    answers.push(...Array<() => Response>(20).fill(away))
    start().add([bubble('b1')])
    await vi.advanceTimersByTimeAsync(20_000)
    const before = calls.length
    dispatchEvent(new Event('online'))
    await vi.advanceTimersByTimeAsync(0)
    expect(calls.length).toBe(before + 1)
  })

  it('that is refused stays with the reason, and goes again under another key', async () => {
    answers.push(refusal)
    const outbox = start()
    outbox.add([bubble('b1')])
    await vi.advanceTimersByTimeAsync(0)
    expect(outbox.bubbles.get('b1')).toMatchObject({ state: 'refused', reason: 'The customer last wrote more than 7 days ago.' })
    outbox.again('b1')
    await vi.advanceTimersByTimeAsync(0)
    expect(calls.length).toBe(2)
    expect(calls[1]?.key).not.toBe('b1')
  })

  it('survives the page, under its key; a refusal does too, and is not sent by itself', async () => {
    answers.push(refusal, away, away)
    start().add([bubble('b1'), bubble('b2')])
    await vi.advanceTimersByTimeAsync(0)
    vi.clearAllTimers()
    calls.length = answers.length = 0
    start().restore()
    await vi.advanceTimersByTimeAsync(0)
    expect(calls.map((call) => call.key)).toEqual(['b2'])
    expect(states()).toEqual(['refused', 'accepted'])
  })

  it('belongs to its user: nobody else sends it', async () => {
    answers.push(away)
    start().add([bubble('b1')])
    await vi.advanceTimersByTimeAsync(0)
    vi.clearAllTimers()
    const other = start()
    useSession().userId = 'usr_2'
    other.restore()
    expect(states()).toEqual([])
  })
})

describe('a file', () => {
  /** An upload that goes as far as the test says. */
  class Upload {
    static last: Upload | undefined
    upload: { onprogress?: (event: object) => void } = {}
    onload = () => undefined
    onabort = () => undefined
    onloadend = () => undefined
    status = 0
    responseText = ''
    isStopped = false
    open(): void {
      Upload.last = this
    }
    setRequestHeader(): void {}
    send(): void {}
    getAllResponseHeaders = () => 'content-type: application/json\r\n'
    abort(): void {
      this.isStopped = true
      this.onabort()
      this.onloadend()
    }
    goes(part: number): void {
      this.upload.onprogress?.({ lengthComputable: true, loaded: part * 100, total: 100 })
    }
    answers(status: number, body: string): void {
      Object.assign(this, { status, responseText: body })
      this.onload()
      this.onloadend()
    }
  }
  const picture = () => ({ ...bubble('file'), text: null, file: new File(['x'], 'x.png', { type: 'image/png' }) })
  const begun = async () => {
    vi.stubGlobal('XMLHttpRequest', Upload)
    Upload.last = undefined
    start().add([picture()])
    await vi.waitFor(() => expect(Upload.last?.upload.onprogress).toBeDefined())
    return Upload.last!
  }

  it('tells how far it is, and is accepted like a text', async () => {
    const upload = await begun()
    upload.goes(0.4)
    expect(useOutbox().bubbles.get('file')?.progress).toBe(0.4)
    upload.answers(202, '{"message_id":"msg_1","status":"pending"}')
    await vi.waitFor(() => expect(states()).toEqual(['accepted']))
  })

  it('can be stopped while a part of it is here, and then it was never sent', async () => {
    const upload = await begun()
    upload.goes(0.4)
    useOutbox().stopUpload('file')
    expect(upload.isStopped).toBe(true)
    expect(states()).toEqual([])
  })

  it('that has left whole cannot be stopped: the customer may have it', async () => {
    const upload = await begun()
    upload.goes(1)
    expect(useOutbox().canStop('file')).toBe(false)
    useOutbox().stopUpload('file')
    expect(upload.isStopped).toBe(false)
    expect(states()).toEqual(['sending'])
  })

  it('that was refused says why', async () => {
    const upload = await begun()
    upload.answers(415, '{"code":"type_not_allowed","detail":"Not a picture."}')
    await vi.waitFor(() =>
      expect(useOutbox().bubbles.get('file')).toMatchObject({ state: 'refused', reason: 'Not a picture.', progress: null }),
    )
  })
})
