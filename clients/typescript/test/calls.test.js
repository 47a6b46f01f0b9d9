// What the client makes of answers: problems, waits, and calls that are made again or better not.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ApiProblem, InstaMessenger } from 'instamessenger-client'

const sent = { message_id: 'msg_1', status: 'sent' }
const message = { account_id: 'acc_1', recipient_id: '2000', message: 'grüße' }

/** A product that answers as it is told, one call after another: [status, body, headers], or an error. */
function productThat(...answers) {
  const calls = []
  const waits = []
  const client = new InstaMessenger({
    url: 'http://product.test/',
    key: 'sk_key',
    sleep: async (milliseconds) => void waits.push(milliseconds),
    fetch: async (request) => {
      calls.push({ line: `${request.method} ${request.url}`, headers: request.headers, body: await request.text() })
      const answer = answers.shift()
      if (answer instanceof Error) throw answer
      const [status, body, headers] = answer
      return new Response(typeof body === 'string' ? body : JSON.stringify(body), { status, headers })
    },
  })
  return { client, calls, waits }
}

const problemOf = (call) =>
  call.then(
    () => assert.fail('no problem'),
    (error) => (assert.ok(error instanceof ApiProblem, String(error)), error),
  )

test('a send has its key in the header and only what was said in its body', async () => {
  const { client, calls } = productThat([200, sent])
  assert.deepEqual(await client.send(message, { idempotencyKey: 'key-1', wait: 0 }), sent)
  assert.equal(calls[0].line, 'POST http://product.test/api/v1/messages/send')
  assert.equal(calls[0].headers.get('Authorization'), 'Bearer sk_key')
  assert.equal(calls[0].headers.get('Idempotency-Key'), 'key-1')
  assert.equal(calls[0].headers.get('Prefer'), 'wait=0')
  assert.deepEqual(JSON.parse(calls[0].body), message)
})

test('a send without a key gets one, the same for all of its tries and another for the next send', async () => {
  const { client, calls } = productThat([503, ''], [200, sent], [200, sent])
  await client.send(message)
  await client.send(message)
  const keys = calls.map((call) => call.headers.get('Idempotency-Key'))
  assert.equal(keys[0], keys[1])
  assert.notEqual(keys[1], keys[2])
})

test('a problem is told with all that it says', async () => {
  const told = {
    status: 422,
    code: 'validation_failed',
    detail: 'See errors.',
    trace_id: '0af7',
    errors: { message: ['Is needed.'] },
    limit: 9,
  }
  const { client, waits } = productThat([422, told])
  const problem = await problemOf(client.send(message))
  assert.deepEqual(
    [problem.status, problem.code, problem.detail, problem.traceId, problem.errors],
    [422, 'validation_failed', 'See errors.', '0af7', told.errors],
  )
  assert.equal(problem.problem.limit, 9)
  assert.equal(problem.isTemporary, false)
  assert.deepEqual(waits, [])
})

test("a proxy's page is an error all the same", async () => {
  const problem = await problemOf(productThat([403, '<html>']).client.calls.GET('/api/v1/accounts'))
  assert.deepEqual([problem.status, problem.code], [403, 'error'])
})

test('what may be repeated is repeated with the same body while the product is away', async () => {
  const { client, calls, waits } = productThat(new TypeError('nobody is there'), [503, '', { 'Retry-After': '5' }], [200, sent])
  assert.equal((await client.send(message)).status, 'sent')
  assert.deepEqual(waits, [500, 5000])
  assert.equal(new Set(calls.map((call) => call.body)).size, 1)
})

test('Retry-After may be a date', async () => {
  const { client, waits } = productThat([429, '', { 'Retry-After': new Date(Date.now() + 10_000).toUTCString() }], [200, sent])
  await client.send(message)
  assert.ok(waits[0] > 7000 && waits[0] <= 10_000, String(waits))
})

test('a send whose first call still waits for its answer is asked for again, and a closed window is told at once', async () => {
  const { client, waits } = productThat(
    [409, { code: 'idempotency_in_progress' }, { 'Retry-After': '1' }],
    [200, sent],
    [409, { code: 'window_closed' }],
  )
  await client.send(message)
  assert.equal((await problemOf(client.send(message))).code, 'window_closed')
  assert.deepEqual(waits, [1000])
})

test('what could be done twice is not repeated unless it was refused before it began', async () => {
  const path = { params: { path: { id: 'whe_1' } } }
  const { client, calls, waits } = productThat(
    [503, ''],
    new TypeError('nobody is there'),
    [429, '', { 'Retry-After': '2' }],
    [200, { id: 'whe_1' }],
  )
  const rotate = () => client.calls.POST('/api/v1/webhook-endpoints/{id}/rotate-secret', path)
  assert.equal((await problemOf(rotate())).status, 503)
  await assert.rejects(rotate(), TypeError)
  assert.equal((await rotate()).data.id, 'whe_1')
  assert.deepEqual([calls.length, waits], [4, [2000]])
})

test('a product that stays away is given up after four calls', async () => {
  const { client, waits } = productThat([502, ''], [502, ''], [502, ''], [502, ''])
  assert.equal((await problemOf(client.send(message))).isTemporary, true)
  assert.deepEqual(waits, [500, 1000, 2000])
})

test("a wait that is longer than half a minute is the caller's", async () => {
  const { client, waits } = productThat([429, { code: 'rate_limited' }, { 'Retry-After': '31' }])
  assert.equal((await problemOf(client.send(message))).retryAfter, 31_000)
  assert.deepEqual(waits, [])
})

test('events are read after a sequence', async () => {
  const page = { data: [{ id: 'evt_1', sequence: 8, type: 'of.tomorrow', data: {} }], next_cursor: '8', last_sequence: 8 }
  const { client, calls } = productThat([200, page])
  assert.deepEqual(await client.events(7, { accountId: 'acc_1', types: ['message.sent', 'message.read'], limit: 200 }), page)
  assert.equal(calls[0].line, 'GET http://product.test/api/v1/events?after=7&account_id=acc_1&types=message.sent%2Cmessage.read&limit=200')
})
