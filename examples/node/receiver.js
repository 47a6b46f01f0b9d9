// A CRM that answers Instagram messages: Node 20.19 or later, with the client of this repository.
//
// It verifies each webhook, handles each event once, answers the customer, and after an outage catches up over the event feed. Replace what
// answer() does, and keep what is handled in your database: one table of event ids, written in the transaction that handles the event.
//
// Settings: INSTAMESSENGER_URL, INSTAMESSENGER_KEY (sk_…), WEBHOOK_SECRET (whsec_…), PORT (9000), STATE (a folder).
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ApiProblem, InstaMessenger, WebhookRefused, WebhookVerifier, isEvent } from 'instamessenger-client'

const { INSTAMESSENGER_URL, INSTAMESSENGER_KEY, WEBHOOK_SECRET, PORT = '9000', STATE = 'state' } = process.env
const client = new InstaMessenger({ url: INSTAMESSENGER_URL, key: INSTAMESSENGER_KEY })
const stale = 60 * 60 * 1000
const verifier = new WebhookVerifier(WEBHOOK_SECRET)

mkdirSync(STATE, { recursive: true })
const positionFile = join(STATE, 'position.txt')
const handledFile = join(STATE, 'handled.txt')
const handled = new Set(existsSync(handledFile) ? readFileSync(handledFile, 'utf8').split('\n') : [])
const log = openSync(handledFile, 'a')
process.on('exit', () => closeSync(log))

/** Does what an event asks for, once: webhooks come at least once, and the feed shows the same events. One at a time. */
let last = Promise.resolve()
function handle(event) {
  const mine = last.then(async () => {
    if (handled.has(event.id)) return
    // Data is null when the person was erased meanwhile.
    if (isEvent(event, 'message.received') && event.data) await answer(event.id, event.data.contact, event.data.message)
    // After the answer: a crash between the two repeats it, which its idempotency key makes harmless.
    writeSync(log, event.id + '\n')
    fsyncSync(log)
    handled.add(event.id)
  })
  last = mine.catch(() => {})
  return mine
}

/** Answers a text. Fails when it is worth trying again later. */
async function answer(eventId, contact, message) {
  // What a long outage or a replay brings late is kept, but a late "thank you" only puzzles.
  if (message.kind !== 'text' || message.history || Date.now() - Date.parse(message.sent_at) > stale) return
  const thanks = `Thank you for "${[...message.text].slice(0, 200).join('')}"!`
  const reply = { account_id: message.account_id, recipient_id: contact.id, message: thanks }
  try {
    // The event's id as the key: sent again within 24 hours, it is the same message and not a second one.
    const sent = await client.send(reply, { idempotencyKey: eventId, wait: 0 })
    console.log(`answered ${message.id} with ${sent.message_id}`)
  } catch (error) {
    if (!(error instanceof ApiProblem) || error.isTemporary) throw error
    // Like window_closed: no later try would help.
    console.log(`${message.id} is not answered: ${error.code}`)
  }
}

/** Handles what the feed has and no webhook brought. The position moves here alone: webhooks come in any order. */
async function catchUp() {
  // At the first start: what was before is not ours to answer.
  if (!existsSync(positionFile)) keepPosition((await client.events(Number.MAX_SAFE_INTEGER, { limit: 1 })).last_sequence)
  for (let more = true; more; ) {
    try {
      const page = await client.events(Number(readFileSync(positionFile, 'utf8')), { types: ['message.received'], limit: 200 })
      for (const event of page.data) await handle(event)
      keepPosition(page.last_sequence)
      more = page.next_cursor !== null
    } catch (error) {
      if (error.code !== 'events_expired') throw error
      // We were away for longer than the log is kept, 30 days. A CRM reads its conversations anew here.
      console.log('events were missed: they are not kept any more')
      keepPosition(error.problem.oldest_sequence - 1)
    }
  }
}

function keepPosition(sequence) {
  writeFileSync(positionFile + '.new', String(sequence), { flush: true })
  renameSync(positionFile + '.new', positionFile)
}

const server = createServer(async (request, response) => {
  try {
    const chunks = []
    for await (const chunk of request) chunks.push(chunk)
    await handle(await verifier.read(Buffer.concat(chunks), request.headers))
    response.writeHead(204).end()
  } catch (error) {
    // What was not handled, the product posts again.
    response.writeHead(error instanceof WebhookRefused ? 401 : 503).end(String(error))
  }
})
server.listen(Number(PORT), () => console.log(`listening on port ${PORT}`))

for (;;) {
  await catchUp().catch((error) => console.log(`the feed cannot be read: ${error}`))
  await sleep(60_000)
}
