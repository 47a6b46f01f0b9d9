import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isEvent, parseEvent } from 'instamessenger-client'

test('an event of a younger type comes through with its data', () => {
  const event = parseEvent('{"id":"evt_1","sequence":7,"type":"call.started","data":{"call":1},"of_tomorrow":true}')
  assert.deepEqual(event.data, { call: 1 })
  assert.equal(isEvent(event, 'message.received'), false)
})

test('an event is known by its type', () =>
  assert.ok(isEvent(parseEvent('{"id":"evt_1","type":"message.received","data":null}'), 'message.received')))

for (const json of ['null', '[]', '{}', '{"id":"evt_1"}', 'no JSON']) {
  test(`what is no event is said to be none: ${json}`, () => assert.throws(() => parseEvent(json), SyntaxError))
}
