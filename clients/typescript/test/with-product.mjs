// Run by a flow test with a product that runs: URL, KEY, ACCOUNT, CUSTOMER (who has written) and CRM, an address that takes webhooks.
import assert from 'node:assert/strict'
import { ApiProblem, InstaMessenger, isEvent } from 'instamessenger-client'

const { URL: url, KEY: key, ACCOUNT: account, CUSTOMER: customer, CRM: crm } = process.env
const client = new InstaMessenger({ url, key })
const { calls } = client

const accounts = await calls.GET('/api/v1/accounts')
assert.deepEqual(accounts.data.data.map(({ id }) => id), [account])
const { data: page } = await calls.GET('/api/v1/conversations', { params: { query: { account_id: account, limit: 1 } } })
const [conversation] = page.data
assert.equal(conversation.contact.id, customer)
const thread = await calls.GET('/api/v1/conversations/{id}/messages', { params: { path: { id: conversation.id } } })
assert.equal(thread.data.data[0].text, 'Hello!')
await calls.POST('/api/v1/conversations/{id}/read', { params: { path: { id: conversation.id } } })

const message = { account_id: account, recipient_id: customer, message: 'grüße ❤️', metadata: { order: 17 } }
const sent = await client.send(message, { idempotencyKey: 'order-17', wait: 30 })
assert.equal(sent.status, 'sent')
assert.equal((await client.send(message, { idempotencyKey: 'order-17' })).message_id, sent.message_id)
const shown = await calls.GET('/api/v1/messages/{message_id}', { params: { path: { message_id: sent.message_id } } })
assert.deepEqual(shown.data.metadata, { order: 17 })
await assert.rejects(
  client.send({ ...message, message: '' }),
  (error) => error instanceof ApiProblem && error.code === 'validation_failed' && 'message' in error.errors,
)

const made = await calls.POST('/api/v1/webhook-endpoints', {
  body: { url: crm, account_ids: [account], event_types: ['message.received'] },
})
assert.match(made.data.secret, /^whsec_/)
const endpoint = { params: { path: { id: made.data.id } } }
assert.equal((await calls.POST('/api/v1/webhook-endpoints/{id}/test', endpoint)).data.delivered, true)
assert.equal((await calls.PATCH('/api/v1/webhook-endpoints/{id}', { ...endpoint, body: { state: 'paused' } })).data.state, 'paused')
await calls.DELETE('/api/v1/webhook-endpoints/{id}', endpoint)
await assert.rejects(calls.GET('/api/v1/webhook-endpoints/{id}', endpoint), (error) => error instanceof ApiProblem && error.status === 404)

const events = []
let after = 0
for (let more = true; more; ) {
  const { data, next_cursor, last_sequence } = await client.events(after, { accountId: account, limit: 3 })
  events.push(...data)
  after = last_sequence
  more = next_cursor !== null
}
assert.equal(events.find((event) => isEvent(event, 'message.received'))?.data.message.text, 'Hello!')

const end = new AbortController()
const following = client.follow(after, { accountId: account, types: ['message.sent'], signal: end.signal })
const next = following.next()
const again = await client.send({ ...message, message: 'And in blue.' }, { wait: 30 })
assert.equal((await next).value.data.message.id, again.message_id)
const nothing = following.next()
end.abort()
await assert.rejects(nothing, { name: 'AbortError' })
await assert.rejects(
  new InstaMessenger({ url, key: 'sk_wrong' }).follow().next(),
  (error) => error instanceof ApiProblem && error.status === 401,
)
console.log(`${events.length} events`)
