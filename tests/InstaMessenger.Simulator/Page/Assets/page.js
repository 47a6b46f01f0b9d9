'use strict'

const $ = id => document.getElementById(id)
const view = { account: null, customer: null, customers: [], thread: new Map() }

async function call(method, path, body) {
  const answer = await fetch(`control${path}`, {
    method,
    headers: body ? { 'Content-Type': 'application/json' } : {},
    body: body && JSON.stringify(body),
  })
  const content = answer.status === 204 ? null : await answer.json().catch(() => null)
  if (!answer.ok) throw new Error(content?.error ?? `The simulator answered ${answer.status}.`)
  return content
}

// Every change by a person ends here, so that a refusal is shown instead of lost.
function attempt(work) {
  $('note').textContent = ''
  return work().catch(failure => { $('note').textContent = failure.message })
}

function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties)
  made.append(...children)
  return made
}

const hue = text => [...text].reduce((sum, c) => (sum * 31 + c.charCodeAt(0)) % 360, 7)
const time = at => new Date(at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', second: '2-digit' })
const me = () => `/customers/${view.customer.igsid}`

function avatar(customer, target = element('span', { className: 'avatar' })) {
  target.textContent = customer.name.split(' ').map(part => part[0]).slice(0, 2).join('').toUpperCase()
  target.style.setProperty('--hue', hue(customer.igsid + customer.name))
  return target
}

// ---- customers

async function loadCustomers() {
  view.customers = await call('GET', `/customers?account=${view.account}`)
  if (!view.customers.some(c => c.igsid === view.customer?.igsid)) view.customer = view.customers[0] ?? null
  showCustomers()
  if (view.customer) await loadThread()
}

function showCustomers() {
  $('customers').replaceChildren(...view.customers.map(customer => {
    const button = element('button', { type: 'button', onclick: () => attempt(() => choose(customer)) }, avatar(customer),
      element('span', {}, customer.name, element('small', { textContent: `@${customer.username}` })))
    button.setAttribute('aria-current', customer.igsid === view.customer?.igsid)
    return element('li', {}, button)
  }))
}

async function choose(customer) {
  view.customer = customer
  showCustomers()
  await loadThread()
}

async function loadThread() {
  const { customer } = view
  avatar(customer, $('avatar'))
  $('who').textContent = customer.name
  $('who-id').textContent = `IGSID ${customer.igsid}`
  $('access').value = customer.access
  const messages = await call('GET', `${me()}/messages?account=${view.account}`)
  view.thread = new Map(messages.map(message => [message.mid, message]))
  showThread()
}

// ---- conversation

function showThread() {
  $('thread').replaceChildren(...[...view.thread.values()].map(bubble))
  $('thread').scrollTop = $('thread').scrollHeight
}

function bubble(message) {
  const item = element('li', { className: 'bubble' }, ...content(message))
  item.classList.toggle('mine', message.from_customer)
  item.classList.toggle('unsent', message.unsent)
  item.classList.toggle('bare', !message.unsent && ['like_heart', 'sticker', 'image'].includes(message.attachment_type))
  item.append(element('time', { textContent: time(message.at) + (message.edits ? ' · edited' : '') }))
  const reaction = message.reaction ?? message.business_reaction
  if (reaction) item.append(element('span', { className: 'reaction', textContent: reaction }))
  if (!message.unsent) item.append(tools(message))
  return item
}

function content(message) {
  if (message.unsent) return ['Message unsent']
  if (message.attachment_type === 'like_heart') return [document.querySelector('[data-send=like_heart] svg').cloneNode(true)]
  if (message.attachment_type === 'image') return [element('img', { src: message.attachment_url, alt: 'Picture' })]
  if (message.attachment_type) return [`📎 ${message.attachment_type} ${message.attachment_url ?? ''}`]
  return [message.text ?? '']
}

function tools(message) {
  const act = (label, title, action, more) => element('button', {
    type: 'button', textContent: label, title,
    onclick: () => attempt(() => call('POST', `${me()}/act`, { account: view.account, action, mid: message.mid, ...more() })),
  })
  return element('span', { className: 'tools' }, ...message.from_customer
    ? [act('Unsend', 'Take it back', 'unsend', () => ({})),
       ...message.text ? [act('Edit', 'Change the text', 'edit', () => ({ text: prompt('New text', message.text) ?? message.text }))] : []]
    : [act(message.reaction ? 'Unlove' : '❤️', 'React', message.reaction ? 'unreact' : 'react', () => ({})),
       act('Seen', 'Mark as read', 'read', () => ({})),
       act('Unsend in app', 'The business takes it back on its phone', 'unsend_in_app', () => ({}))])
}

function say(what) {
  return attempt(async () => {
    if (!view.customer) throw new Error('Create a customer first.')
    await call('POST', `${me()}/say`, { account: view.account, ...what })
  })
}

$('composer').onsubmit = event => {
  event.preventDefault()
  const text = $('text').value.trim()
  if (!text) return
  $('text').value = ''
  say({ text })
}

for (const button of document.querySelectorAll('[data-send]')) {
  const type = button.dataset.send
  // Instagram reports a sticker as an image.
  button.onclick = () => say(type === 'like_heart'
    ? { attachment_type: type }
    : { attachment_type: 'image', attachment_url: new URL(`cdn/${type}-${Date.now()}.png`, location).href })
}

// Everything that Meta posts. What happens to a message happens to the newest one.
$('more').onchange = () => attempt(async () => {
  const what = $('more').value
  $('more').value = ''
  if (!view.customer) throw new Error('Create a customer first.')
  await call('POST', `${me()}/play`, { account: view.account, what, form: $('form').value })
})

$('add-customer').onclick = () => attempt(async () => {
  const name = prompt('Name of the customer', 'Alex Winter')?.trim()
  if (!name) return
  view.customer = await call('POST', '/customers', { account: view.account, name, username: name.toLowerCase().replace(/\W+/g, '.') })
  await loadCustomers()
})
const changeProfile = changes => attempt(async () => {
  if (!view.customer) throw new Error('Create a customer first.')
  view.customer = await call('PATCH', me(), { account: view.account, ...changes })
  await loadCustomers()
})
$('rename').onclick = () => {
  const name = prompt('Name of the customer', view.customer?.name)?.trim()
  if (name) changeProfile({ name, username: prompt('Username', view.customer.username)?.trim() || view.customer.username })
}
$('access').onchange = () => changeProfile({ access: $('access').value })
$('account').onchange = () => { view.account = $('account').value; attempt(loadCustomers) }

// ---- faults

function showState(state) {
  $('callback').textContent = state.callback_url ?? 'nowhere'
  $('echo').value = state.echo_mode
  $('latency').value = state.latency_ms
  $('window').checked = state.enforce_window
  $('queued').textContent = state.send_faults.queued + state.other_faults.queued
  const inbox = state.crms.find(crm => crm.name === $('crm').value)
  $('crm-down').checked = inbox !== undefined && inbox.behaviour.status !== 200
}

const refresh = async () => showState(await call('GET', '/state'))
const settings = changes => attempt(async () => showState(await call('PATCH', '/settings', changes)))

$('fail').onclick = () => attempt(async () => { await call('POST', '/faults', { preset: $('preset').value }); await refresh() })
$('clear').onclick = () => attempt(async () => { await call('DELETE', '/faults'); await refresh() })
$('echo').onchange = () => settings({ echo_mode: $('echo').value })
$('latency').onchange = () => settings({ latency_ms: Number($('latency').value) })
$('window').onchange = () => settings({ enforce_window: $('window').checked })
$('crm-down').onchange = () =>
  attempt(() => call('PUT', `/crm/${$('crm').value}`, { behaviour: { status: $('crm-down').checked ? 503 : 200 } }))
$('crm').onchange = () => attempt(async () => { await loadDeliveries(); await refresh() })

// ---- CRM

async function loadDeliveries() {
  const deliveries = await call('GET', `/crm/${$('crm').value}/deliveries?limit=60`)
  $('deliveries').replaceChildren(...deliveries.map(deliveryItem))
}

const badge = (good, text) => element('span', { className: `badge ${good ? 'good' : 'bad'}`, textContent: `${good ? '✓' : '✗'} ${text}` })

function deliveryItem(delivery) {
  return element('li', {}, element('details', {},
    element('summary', {},
      element('b', { textContent: delivery.event_type ?? 'not an event' }),
      badge(delivery.signature_valid, 'signature'),
      badge(delivery.hub_signature_valid, 'hub'),
      badge(delivery.acknowledged, delivery.status ?? 'cut'),
      element('small', { textContent: `${time(delivery.at)} · #${delivery.sequence ?? '–'} · attempt ${delivery.attempt}` })),
    element('pre', { textContent: pretty(delivery.body) })))
}

function pretty(body) {
  try { return JSON.stringify(JSON.parse(body), null, 2) } catch { return body ?? 'The body was not kept.' }
}

// ---- live

function listen() {
  const live = new EventSource('live')
  const state = (name, text) => { $('live').className = `pill ${name}`; $('live').textContent = text }
  // A stream that was away has missed something: load what is shown again.
  live.addEventListener('hello', () => { state('on', 'live'); attempt(start) })
  live.onerror = () => state('off', 'disconnected')
  live.addEventListener('message', event => {
    const { account, customer, message } = JSON.parse(event.data)
    if (account !== view.account) return
    if (customer !== view.customer?.igsid) {
      if (!view.customers.some(known => known.igsid === customer)) attempt(loadCustomers)
      return
    }
    view.thread.set(message.mid, message)
    showThread()
    attempt(refresh)
  })
  live.addEventListener('webhook', event => {
    const posted = JSON.parse(event.data)
    $('note').textContent =
      posted.status === 200 ? '' : `The webhook was not taken: ${posted.status ?? posted.error} (attempt ${posted.attempt}).`
  })
  live.addEventListener('crm', event => {
    const delivery = JSON.parse(event.data)
    if (![...$('crm').options].some(option => option.value === delivery.inbox)) $('crm').append(new Option(delivery.inbox))
    if (delivery.inbox !== $('crm').value) return
    // Added at the top rather than shown again: an open event stays open.
    $('deliveries').prepend(deliveryItem(delivery))
    if ($('deliveries').children.length > 60) $('deliveries').lastElementChild.remove()
  })
}

async function start() {
  const state = await call('GET', '/state')
  const options = (select, values) => {
    const chosen = select.value
    select.replaceChildren(...values)
    if ([...select.options].some(option => option.value === chosen)) select.value = chosen
  }
  options($('account'), state.accounts.map(account => new Option(`@${account.username}`, account.id)))
  options($('preset'), state.fault_presets.map(preset => new Option(preset.replaceAll('_', ' '), preset)))
  options($('crm'), state.crms.map(crm => new Option(crm.name)))
  options($('more'), [new Option('More…', ''), ...(await call('GET', '/events')).map(name => new Option(name.replaceAll('_', ' '), name))])
  view.account = $('account').value
  showState(state)
  await loadCustomers()
  if ($('crm').value) await loadDeliveries()
}

listen()
