/** Everything the inbox says. The other languages have the same shape: a sentence that is missing there does not compile. */
export const en = {
  shell: {
    main: 'Main', inbox: 'Inbox', reference: 'API reference', simulator: 'Be the customer', you: 'You', skip: 'To the conversation',
    signOut: 'Sign out', notSignedOut: 'You are still signed in: the server cannot be reached.',
  },
  signIn: {
    what: 'Answer your customers on Instagram.', username: 'Username', password: 'Password', enter: 'Sign in', again: 'Please sign in again',
    nothingLost: 'Nothing that you were writing is lost.', wrong: 'Username or password is wrong.',
    often: 'Too many tries. Try again in {n} second. | Too many tries. Try again in {n} seconds.',
  },
  settings: {
    sound: 'Sound for new messages', test: 'Test', played: 'It sounded.', refused: 'The browser refused the sound.', enable: 'Enable sound', shortcuts: 'Keys of one letter', enterSends: 'Enter sends', compact: 'Compact list',
    theme: 'Appearance', system: 'As the device', light: 'Light', dark: 'Dark', language: 'Language' },
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
  thread: {
    choose: 'Choose a conversation.', with: 'Conversation with {name}', log: 'Messages', back: 'Back to the list', toAccount: 'to {account}',
    missing: 'This conversation is not there, or not yours to see.', failed: 'The messages cannot be shown.', older: 'Older messages …', toEnd: 'Newest',
    new: '{n} new | {n} new', fromUs: 'From us', fromThem: 'From the customer', edited: 'Edited', noFormer: 'What it said before is not known.',
    raw: 'What Instagram sent', quoted: 'Go to the quoted message: {text}', quotedUnknown: 'A message that is not here',
  },
  kind: {
    text: 'Message', image: 'Photo', images: 'Photos', video: 'Video', audio: 'Voice message', file: 'File', sticker: 'Sticker', like_heart: 'Heart',
    story_mention: 'Mentioned you in a story', story_reply: 'Replied to your story', share: 'Shared a post', reel: 'Shared a reel', postback: 'Tapped',
    template: 'Card', referral: 'Came from a link', ephemeral: 'A photo or video to be seen once, in the Instagram app', deleted: 'Message taken back', note: 'Note',
    unsupported: 'A message that can only be seen in the Instagram app', quickReply: 'Quick reply',
  },
  share: { post: 'Post', reel: 'Reel', story: 'Story', product: 'Product', link: 'Link', open: 'Open' },
  story: { left: 'gone in {time}', gone: 'Gone: a story is there for 24 hours.', open: 'Open' },
  source: { ad: 'Came from the ad “{name}”', product: 'Asked about product {name}', link: 'Came by the link “{name}”', other: 'Came from elsewhere' },
  media: {
    enlarge: 'Enlarge the photo', pdf: 'PDF', atInstagram: 'Open at Instagram', failed: 'The file could not be fetched.', expired: 'The file was gone before it could be fetched.',
    purged: 'The file is not kept any longer.',
  },
  reaction: { customer: 'The customer reacted', business: 'You reacted' },
  origin: { api: 'API', automation: 'Automation', instagram: 'Instagram app' },
  status: {
    uploading: 'uploading',
    scheduled: 'scheduled', pending: 'sending', sending: 'sending', sent: 'sent', read: 'seen', failed: 'not sent', unknown: 'not sure', cancelled: 'cancelled',
    scheduledFor: 'will be sent {time}', failedWhy: 'Not sent: {why}', fileLost: 'the page was closed before the file was uploaded.',
    unknownWhy: 'Instagram did not say whether it arrived. Look into the Instagram app; we go on looking too.',
  },
  action: {
    stop: 'Stop',
    retry: 'Retry', edit: 'Edit', discard: 'Discard', cancel: 'Do not send', sendAnyway: 'Send again …', mayDouble: 'The customer may get it twice.',
    sendTwice: 'Send all the same', no: 'No', love: 'React with ♥', unlove: 'Take ♥ back', quote: 'Reply to this message', markUnread: 'Mark as unread',
  },
  composer: {
    overtaken: '{name} has answered meanwhile:', somebody: 'Somebody', anyway: 'Send anyway', notYet: 'Not yet',
    write: 'Write to {name} …', send: 'Send', attach: 'Add files', emoji: 'Emoji', files: 'Files to be sent', removeFile: 'Remove {name}', quoting: 'In reply to:',
    unquote: 'Do not quote', bytesLeft: '{n} byte left | {n} bytes left', parts: 'Goes as {n} message. | Too long for one message: goes as {n}, in order.',
  },
  replies: {
    title: 'Saved replies', none: 'No saved reply fits.', manage: 'Write and change saved replies', how: 'Type / in the field and the first letters to insert one.', shortcut: 'Name, one word',
    text: 'Text', variables: 'Filled in when it is inserted:', save: 'Save', another: 'New one', edit: 'Change {name}', remove: 'Delete {name}',
  },
  files: {
    empty: '{name} is empty.', type: '{name} is of a kind that Instagram does not take.', large: '{name} is too large: {limit} MB at most.',
    many: '{name} is one too many: {limit} at a time.',
  },
  contact: {
    first: 'First message here', storyReply: 'Replied to a story', storyMention: 'Mentioned you in a story',
    label: 'Contact', window: 'Response window', openTill: 'Open till', afterwards: 'After that', peopleOnly: 'people only', humanTill: 'People till', source: 'Came from',
    thread: 'Conversation', account: 'Account', id: 'Instagram id', others: 'Also wrote to',
  },
  presence: { viewing: '{name} is viewing{more}', typing: '{name} is writing{more}' },
  live: {
    caughtUp: 'Up to date',
    reconnecting: 'Reconnecting …', offline: 'Offline', offlineWaiting: 'Offline · {n} waiting | Offline · {n} waiting' },
  problem: { unreachable: 'The server cannot be reached.', unknown: 'Something went wrong.', trace: 'Trace: {id}', again: 'Try again' },
  keys: {
    palette: 'Go to or do', paletteHint: 'A person, a queue, a command …', off: 'Keys of one letter are switched off in your settings.',
    title: 'Keyboard', next: 'Next conversation', previous: 'Previous conversation', open: 'Open', reply: 'To the text field', unread: 'Mark as unread', panel: 'Contact',
    search: 'Search', leave: 'Leave the field, then the conversation', send: 'Send', line: 'New line', help: 'This help', close: 'Close',
  },
  time: { today: 'Today', yesterday: 'Yesterday' },
}

export type Texts = typeof en
