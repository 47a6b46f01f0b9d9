import { i18n } from './index'

/** What is said in parts that are loaded when they are seen. Such a part imports this file, and then the page can say it. */
export const later = {
  settings: {
    sound: 'Sound for new messages', test: 'Test', played: 'It sounded.', refused: 'The browser refused the sound.', shortcuts: 'Keys of one letter', enterSends: 'Enter sends', compact: 'Compact list',
    zone: 'Time zone', notices: 'Notifications', noticesRefused: 'The browser does not allow them; that is changed in its settings for this page.', theme: 'Appearance', system: 'As the device', light: 'Light', dark: 'Dark', language: 'Language' },
  thread: {
    with: 'Conversation with {name}', log: 'Messages', back: 'Back to the list', toAccount: 'to {account}',
    missing: 'This conversation is not there, or not yours to see.', failed: 'The messages cannot be shown.', older: 'Older messages …', toEnd: 'Newest',
    new: '{n} new | {n} new', fromUs: 'From us', fromThem: 'From the customer', edited: 'Edited', noFormer: 'What it said before is not known.',
    raw: 'What Instagram sent', quoted: 'Go to the quoted message: {text}', quotedUnknown: 'A message that is not here',
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
    unquote: 'Do not quote', later: 'Send later', laterAt: 'Send at', laterHour: 'In an hour', laterTomorrow: 'Tomorrow at {time}', laterZone: 'Times in {zone}', laterDo: 'Schedule', laterPast: 'That time is over.', laterFar: 'At most 30 days ahead.', laterClosed: 'The response window will be closed by then ({time}).', bytesLeft: '{n} byte left | {n} bytes left', parts: 'Goes as {n} message. | Too long for one message: goes as {n}, in order.',
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
    standing: 'On Instagram', followers: 'Followers', followsUs: 'Follows us', weFollow: 'We follow them', verified: 'Verified', yes: 'yes', no: 'no',
  },
  presence: { viewing: '{name} is viewing{more}', typing: '{name} is writing{more}' },
  keys: {
    palette: 'Go to or do', paletteHint: 'A person, a queue, a command …', off: 'Keys of one letter are switched off in your settings.',
    next: 'Next conversation', previous: 'Previous conversation', open: 'Open', reply: 'To the text field', unread: 'Mark as unread', panel: 'Contact',
    search: 'Search', leave: 'Leave the field, then the conversation', send: 'Send', line: 'New line', list: 'Show or hide the list', emoji: 'Emoji', goReply: 'To “Needs reply”', goClosing: 'To “Closing”', goUnread: 'To “Unread”', goAll: 'To “All”', help: 'This help', close: 'Close',
  },
}

i18n.global.mergeLocaleMessage('en', later)
