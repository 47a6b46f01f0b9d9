import type { later } from './later'

/** What the inbox says at once, in English; the rest is in `later.ts`. The other languages have all of it: a sentence that is missing does not compile. */
export const en = {
  shell: {
    main: 'Main', inbox: 'Inbox', reference: 'API reference', simulator: 'Be the customer', you: 'You', skip: 'To the conversation', choose: 'Choose a conversation.', palette: 'Go to or do', keys: 'Keyboard',
    signOut: 'Sign out', notSignedOut: 'You are still signed in: the server cannot be reached.',
  },
  signIn: {
    what: 'Answer your customers on Instagram.', username: 'Username', password: 'Password', enter: 'Sign in', again: 'Please sign in again',
    nothingLost: 'Nothing that you were writing is lost.', wrong: 'Username or password is wrong.',
    often: 'Too many tries. Try again in {n} second. | Too many tries. Try again in {n} seconds.',
  },
  queue: {
    failed: 'Not sent',
    label: 'Queues', reply: 'Needs reply', closing: 'Closing', unread: 'Unread', all: 'All' },
  list: {
    chooseAccount: 'To search in messages, choose an account.',
    label: 'Conversations', found: 'Found', account: 'Account', allAccounts: 'All accounts', search: 'Search people and messages', clear: 'Clear search',
    messages: 'Messages', failed: 'The conversations cannot be shown.', newer: '{n} newer | {n} newer', nothing: 'No message yet',
    notSent: 'Not sent: {text}', unclear: 'Not sure: {text}', you: 'You: {text}', draft: 'Draft: {text}', unreadCount: '{n} unread message | {n} unread messages',
  },
  empty: {
    failed: 'Everything was sent.',
    search: 'Nobody and nothing found for “{text}”.', noAccount: 'No Instagram account is connected yet.', connect: 'Connect one with the API: POST /api/v1/accounts.',
    reply: 'Nobody waits for an answer.', closing: 'No conversation is about to close.', unread: 'Everything is read.', all: 'No conversation yet.',
    next: 'New messages appear here by themselves.', showAll: 'Show all conversations',
  },
  window: {
    label: 'Time to answer:', short: '{h} h {m}', shortHours: '{h} h', shortMinutes: '{m} min', left: '{time} left', human: 'people only', closed: 'closed',
    humanDays: 'people only, {n} day | people only, {n} days',
    openLine: '{name} can be answered till {time}. After that only when they write again.',
    thenHumanLine: '{name} can be answered till {time}. After that only by people, up to 7 days after their last message.',
    humanLine: 'Only a person may answer {name}, till {time}. Automation and reactions are over.',
    closedLine: 'Instagram closed this conversation: {time}. It opens again when {name} writes.',
    neverLine: '{name} has not written yet. Instagram may refuse a message.',
  },
  kind: {
    text: 'Message', image: 'Photo', images: 'Photos', video: 'Video', audio: 'Voice message', file: 'File', sticker: 'Sticker', like_heart: 'Heart',
    story_mention: 'Mentioned you in a story', story_reply: 'Replied to your story', share: 'Shared a post', reel: 'Shared a reel', postback: 'Tapped',
    template: 'Card', referral: 'Came from a link', ephemeral: 'A photo or video to be seen once, in the Instagram app', deleted: 'Message taken back', note: 'Note',
    unsupported: 'A message that can only be seen in the Instagram app', quickReply: 'Quick reply',
  },
  live: {
    sound: 'Enable sound',     caughtUp: 'Up to date',
    reconnecting: 'Reconnecting …', offline: 'Offline', offlineWaiting: 'Offline · {n} waiting | Offline · {n} waiting' },
  problem: { unreachable: 'The server cannot be reached.', unknown: 'Something went wrong.', trace: 'Trace: {id}', again: 'Try again' },
  time: { today: 'Today', yesterday: 'Yesterday' },
}

export type Texts = typeof en & typeof later
