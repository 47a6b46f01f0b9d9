// What the client makes of the live stream: frames, breaks, silence and refusals.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ApiProblem, InstaMessenger, isEvent } from 'instamessenger-client'

const connected = 'id: 5\n: connected\n\n'
const eventOf = (sequence) => {
  const event = { id: `evt_${sequence}`, sequence, type: 'contact.erased', data: { contact: { id: '2000' } } }
  return `id: ${sequence}\nevent: contact.erased\ndata: ${JSON.stringify(event)}\n\n`
}

/** A stream that says this, in small pieces, and then ends; or breaks; or hangs. */
function lineOf(text, end = 'ends') {
  const bytes = new TextEncoder().encode(text)
  let at = 0
  const body = new ReadableStream({
    pull(controller) {
      if (at < bytes.length) return controller.enqueue(bytes.slice(at, (at += 7)))
      if (end === 'ends') return controller.close()
      if (end === 'breaks') return controller.error(new TypeError('terminated'))
      return new Promise(() => {})
    },
  })
  return new Response(body, { headers: { 'Content-Type': 'text/event-stream' } })
}

const problemOf = (status, code, headers) => new Response(JSON.stringify({ status, code, oldest_sequence: 99 }), { status, headers })

/** A product that answers as it is told, one connection after another. */
function productThat(...answers) {
  const calls = []
  const waits = []
  const client = new InstaMessenger({
    url: 'http://product.test',
    key: 'sk_key',
    sleep: async (milliseconds) => void waits.push(milliseconds),
    fetch: async (request) => {
      const [path, position] = [request.url.replace('http://product.test', ''), request.headers.get('Last-Event-ID')]
      calls.push(`${path} behind ${position} with ${request.headers.get('Authorization')}`)
      const answer = answers.shift()
      if (answer instanceof Error) throw answer
      return answer
    },
  })
  return { client, calls, waits }
}

async function take(count, events) {
  const told = []
  for await (const event of events) {
    told.push(event)
    if (told.length === count) break
  }
  return told
}

test('a line that breaks in an event goes on behind the one before, and gives each once', async () => {
  const { client, calls, waits } = productThat(
    lineOf(connected + eventOf(6) + eventOf(7).slice(0, 40), 'breaks'),
    lineOf(connected + eventOf(7) + eventOf(8)),
  )
  const told = await take(3, client.follow())
  assert.deepEqual(told.map(({ sequence }) => sequence), [6, 7, 8])
  assert.ok(isEvent(told[0], 'contact.erased'))
  assert.equal(told[0].data.contact.id, '2000')
  assert.deepEqual(calls, ['/api/v1/events/stream? behind null with Bearer sk_key', '/api/v1/events/stream? behind 6 with Bearer sk_key'])
  assert.ok(waits.length === 1 && waits[0] >= 500 && waits[0] <= 1000, String(waits))
})

test('a line that ends before its first event goes on where it began', async () => {
  const { client, calls } = productThat(lineOf(connected), lineOf(connected + 'id: 6'), lineOf(connected + eventOf(9)))
  assert.equal((await take(1, client.follow()))[0].sequence, 9)
  assert.deepEqual(calls.slice(1).map((call) => call.split(' ')[2]), ['5', '5'])
})

test('it begins where it is told to, and asks for what is wanted', async () => {
  const { client, calls } = productThat(lineOf(eventOf(8)))
  await take(1, client.follow(7, { accountId: 'acc_1', types: ['message.sent', 'message.read'] }))
  assert.equal(calls[0], '/api/v1/events/stream?account_id=acc_1&types=message.sent%2Cmessage.read behind 7 with Bearer sk_key')
})

test('what passes by itself is waited for, longer each time, and as long as the product says', async () => {
  const away = Array.from({ length: 6 }, () => problemOf(503, 'unavailable'))
  const { client, waits } = productThat(
    new TypeError('nobody is there'),
    ...away,
    problemOf(429, 'rate_limited', { 'Retry-After': '77' }),
    lineOf(eventOf(6)),
  )
  assert.equal((await take(1, client.follow()))[0].sequence, 6)
  const longest = [1, 2, 4, 8, 16, 30, 30].map((seconds) => seconds * 1000)
  longest.forEach((most, n) => assert.ok(waits[n] >= most / 2 && waits[n] <= most, `${n}: ${waits[n]}`))
  assert.deepEqual(waits.slice(7), [77_000])
})

for (const [status, code] of [
  [401, 'unauthorized'],
  [403, 'scope_missing'],
  [404, 'not_found'],
  [410, 'events_expired'],
  [422, 'validation_failed'],
]) {
  test(`what does not pass by itself is told, also after a break: ${code}`, async () => {
    const { client, calls } = productThat(lineOf(connected + eventOf(6)), problemOf(status, code))
    const events = client.follow()
    assert.equal((await events.next()).value.sequence, 6)
    await assert.rejects(
      events.next(),
      (error) => error instanceof ApiProblem && error.status === status && error.code === code && error.problem.oldest_sequence === 99,
    )
    assert.equal(calls.length, 2)
  })
}

test("a proxy's page is no stream", async () => {
  const { client } = productThat(new Response('<html>', { headers: { 'Content-Type': 'text/html' } }))
  await assert.rejects(take(1, client.follow()), ApiProblem)
})

test('a line on which nothing comes is made anew', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const { client, calls } = productThat(lineOf(connected, 'hangs'), lineOf(eventOf(6)))
  const told = take(1, client.follow())
  // The timers of pieces that came are ended; the last one's is not.
  for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate)
  t.mock.timers.tick(44_999)
  for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate)
  assert.equal(calls.length, 1)
  t.mock.timers.tick(1)
  assert.equal((await told)[0].sequence, 6)
  assert.equal(calls[1].split(' ')[2], '5')
})

test('it ends at once when it is aborted: while it listens, while it waits, and before it began', async () => {
  for (const answer of [lineOf(connected, 'hangs'), problemOf(503, 'unavailable')]) {
    const client = new InstaMessenger({ url: 'http://product.test', key: 'sk_key', fetch: async () => answer })
    const end = new AbortController()
    const next = client.follow(null, { signal: end.signal }).next()
    for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate)
    end.abort(new Error('enough'))
    await assert.rejects(next, /enough/)
    await assert.rejects(client.follow(null, { signal: end.signal }).next(), /enough/)
  }
})

test('whoever stops reading closes the connection', async () => {
  let closed = false
  const body = new ReadableStream({
    pull: (controller) => controller.enqueue(new TextEncoder().encode(eventOf(6))),
    cancel: () => void (closed = true),
  })
  const { client } = productThat(new Response(body, { headers: { 'Content-Type': 'text/event-stream' } }))
  await take(1, client.follow())
  assert.equal(closed, true)
})

test('frames are read as the standard says, and who else is in a conversation is no event', async () => {
  const text =
    ': a comment\r\n\r\nevent: presence\ndata: {"type":"presence"}\n\nidle: 9\nretry: 3\n\n' +
    'id:7\r\ndata:{"id":"evt_7",\r\ndata: "sequence":7,"type":"x"}\r\n\r\n'
  const { client } = productThat(lineOf(text))
  assert.deepEqual(await take(1, client.follow()), [{ id: 'evt_7', sequence: 7, type: 'x' }])
})
