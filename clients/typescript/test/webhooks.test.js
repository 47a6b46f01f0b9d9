// What the product signs, our verifier and the official libraries accept; what the official ones sign, ours accepts.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { mock, test } from 'node:test'
import { WebhookRefused, WebhookVerifier } from 'instamessenger-client'
import { Webhook as StandardWebhook } from 'standardwebhooks'
import { Webhook as SvixWebhook } from 'svix'

// The same vectors are the .NET client's; a test there shows that they are what the product signs.
const vectors = JSON.parse(readFileSync(new URL('../../webhook-vectors.json', import.meta.url), 'utf8'))
const official = { standardwebhooks: StandardWebhook, svix: SvixWebhook }
const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'

const headersOf = ({ id, timestamp, signature }) =>
  Object.fromEntries(
    Object.entries({ 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature }).filter(
      ([, value]) => value !== null,
    ),
  )

/** The libraries take base64 alone: of a secret of another form give them the base64 of its bytes, as events.md says. */
const known = (given) => (given === secret || given.startsWith('whsec_dGhl') ? given : Buffer.from(given).toString('base64'))

async function at(seconds, run) {
  mock.timers.enable({ apis: ['Date'], now: seconds * 1000 })
  try {
    return await run()
  } finally {
    mock.timers.reset()
  }
}

for (const vector of vectors) {
  test(`a vector has the verdict that it names: ${vector.name}`, () =>
    at(vector.now, async () => {
      const verifier = new WebhookVerifier(vector.secrets)
      assert.equal(await verifier.check(vector.body, headersOf(vector)), vector.verdict)
      assert.equal(await verifier.check(Buffer.from(vector.body), new Headers(headersOf(vector))), vector.verdict)
    }))
}

for (const [name, Webhook] of Object.entries(official)) {
  // They take one secret, bodies that are JSON, and a number with its sign.
  for (const vector of vectors.filter(
    ({ secrets, body, timestamp }) => secrets.length === 1 && body !== '' && !timestamp?.startsWith('+'),
  )) {
    test(`${name} has the same verdict: ${vector.name}`, () =>
      at(vector.now, () => {
        const verify = () => new Webhook(known(vector.secrets[0])).verify(vector.body, headersOf(vector))
        if (vector.verdict === 'Genuine') assert.doesNotThrow(verify)
        else assert.throws(verify)
      }))
  }

  test(`what ${name} signs is taken, and nothing else`, async () => {
    const now = new Date()
    const body = '{"id":"evt_1","type":"of.tomorrow","data":{"text":"grüße"}}'
    const signed = { id: 'evt_1', timestamp: String(Math.floor(now / 1000)), signature: new Webhook(secret).sign('evt_1', now, body) }
    const verifier = new WebhookVerifier(secret)

    assert.equal((await verifier.read(body, headersOf(signed))).type, 'of.tomorrow')
    assert.equal(await verifier.check(body + ' ', headersOf(signed)), 'WrongSignature')
    assert.equal(await verifier.check(body, headersOf({ ...signed, id: 'evt_2' })), 'WrongSignature')
    assert.equal(await new WebhookVerifier('whsec_' + btoa('another')).check(body, headersOf(signed)), 'WrongSignature')
  })
}

test('headers are found whatever their case, and a refusal says why', async () => {
  const [vector] = vectors
  await at(vector.now, async () => {
    const headers = Object.fromEntries(Object.entries(headersOf(vector)).map(([name, value]) => [name.toUpperCase(), [value]]))
    assert.equal((await new WebhookVerifier(secret).read(vector.body, headers)).id, 'evt_1')
  })
  await at(vector.now + 400, () =>
    assert.rejects(
      new WebhookVerifier(secret).read(vector.body, headersOf(vector)),
      (error) => error instanceof WebhookRefused && error.verdict === 'TooOld',
    ),
  )
})

test('a verifier without a secret is not made', () => {
  assert.throws(() => new WebhookVerifier(''), TypeError)
  assert.throws(() => new WebhookVerifier([]), TypeError)
})
