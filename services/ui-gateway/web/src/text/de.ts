import type { Texts } from './en'

export const de: Texts = {
  shell: {
    choose: 'Wähle eine Unterhaltung.', palette: 'Gehe zu oder tu', keys: 'Tastatur', main: 'Hauptmenü', inbox: 'Posteingang', reference: 'API-Referenz', simulator: 'Kunde spielen', you: 'Du', skip: 'Zur Unterhaltung', signOut: 'Abmelden',
    notSignedOut: 'Du bist noch angemeldet: Der Server ist nicht erreichbar.',
  },
  signIn: {
    what: 'Antworte deinen Kunden auf Instagram.', username: 'Benutzername', password: 'Passwort', enter: 'Anmelden', again: 'Bitte melde dich wieder an',
    nothingLost: 'Nichts, was du gerade schreibst, geht verloren.', wrong: 'Benutzername oder Passwort ist falsch.',
    often: 'Zu viele Versuche. Versuche es in {n} Sekunde wieder. | Zu viele Versuche. Versuche es in {n} Sekunden wieder.',
  },
  settings: {
    sound: 'Ton bei neuen Nachrichten', test: 'Testen', played: 'Der Ton ging.', refused: 'Der Browser hat den Ton abgelehnt.', shortcuts: 'Tasten mit einem Buchstaben', enterSends: 'Enter sendet', compact: 'Enge Liste',
    zone: 'Zeitzone', notices: 'Benachrichtigungen', noticesRefused: 'Der Browser erlaubt sie nicht; das ändert man in seinen Einstellungen für diese Seite.', theme: 'Darstellung', system: 'Wie das Gerät', light: 'Hell', dark: 'Dunkel', language: 'Sprache' },
  queue: {
    failed: 'Nicht gesendet',
    label: 'Listen', reply: 'Offen', closing: 'Endet bald', unread: 'Ungelesen', all: 'Alle' },
  list: {
    chooseAccount: 'Wähle ein Konto, um in Nachrichten zu suchen.',
    label: 'Unterhaltungen', found: 'Gefunden', account: 'Konto', allAccounts: 'Alle Konten', search: 'Personen und Nachrichten suchen', clear: 'Suche leeren', messages: 'Nachrichten',
    failed: 'Die Unterhaltungen können nicht gezeigt werden.', newer: '{n} neuere | {n} neuere', nothing: 'Noch keine Nachricht', notSent: 'Nicht gesendet: {text}',
    unclear: 'Unklar: {text}', you: 'Du: {text}', draft: 'Entwurf: {text}', unreadCount: '{n} ungelesene Nachricht | {n} ungelesene Nachrichten',
  },
  empty: {
    failed: 'Alles wurde gesendet.',
    search: 'Niemand und nichts gefunden für „{text}“.', noAccount: 'Noch ist kein Instagram-Konto verbunden.', connect: 'Verbinde eines über die API: POST /api/v1/accounts.',
    reply: 'Niemand wartet auf eine Antwort.', closing: 'Keine Unterhaltung endet bald.', unread: 'Alles ist gelesen.', all: 'Noch keine Unterhaltung.',
    next: 'Neue Nachrichten erscheinen hier von selbst.', showAll: 'Alle Unterhaltungen zeigen',
  },
  window: {
    label: 'Zeit für die Antwort:', short: '{h} h {m}', shortHours: '{h} h', shortMinutes: '{m} min', left: 'noch {time}', human: 'nur Menschen', closed: 'geschlossen',
    humanDays: 'nur Menschen, {n} Tag | nur Menschen, {n} Tage',
    openLine: '{name} kann bis {time} geantwortet werden. Danach erst wieder, wenn die Person schreibt.',
    thenHumanLine: '{name} kann bis {time} geantwortet werden. Danach nur von Menschen, bis 7 Tage nach der letzten Nachricht.',
    humanLine: 'Nur ein Mensch darf {name} antworten, bis {time}. Automatik und Reaktionen sind vorbei.',
    closedLine: 'Instagram hat diese Unterhaltung geschlossen: {time}. Sie öffnet sich wieder, wenn {name} schreibt.',
    neverLine: '{name} hat noch nicht geschrieben. Instagram lehnt eine Nachricht vielleicht ab.',
  },
  thread: {
    with: 'Unterhaltung mit {name}', log: 'Nachrichten', back: 'Zurück zur Liste', toAccount: 'an {account}',
    missing: 'Diese Unterhaltung gibt es nicht, oder du darfst sie nicht sehen.', failed: 'Die Nachrichten können nicht gezeigt werden.', older: 'Ältere Nachrichten …',
    toEnd: 'Neueste', new: '{n} neu | {n} neu', fromUs: 'Von uns', fromThem: 'Vom Kunden', edited: 'Bearbeitet', noFormer: 'Was vorher da stand, ist nicht bekannt.',
    raw: 'Was Instagram geschickt hat', quoted: 'Zur zitierten Nachricht: {text}', quotedUnknown: 'Eine Nachricht, die nicht hier ist',
  },
  kind: {
    text: 'Nachricht', image: 'Foto', images: 'Fotos', video: 'Video', audio: 'Sprachnachricht', file: 'Datei', sticker: 'Sticker', like_heart: 'Herz',
    story_mention: 'Hat dich in einer Story erwähnt', story_reply: 'Hat auf deine Story geantwortet', share: 'Hat einen Beitrag geteilt', reel: 'Hat ein Reel geteilt',
    postback: 'Getippt', template: 'Karte', referral: 'Kam über einen Link', ephemeral: 'Ein Foto oder Video, das man einmal in der Instagram-App sehen kann',
    deleted: 'Nachricht zurückgenommen', note: 'Notiz', unsupported: 'Eine Nachricht, die nur in der Instagram-App zu sehen ist', quickReply: 'Schnellantwort',
  },
  share: { post: 'Beitrag', reel: 'Reel', story: 'Story', product: 'Produkt', link: 'Link', open: 'Öffnen' },
  story: { left: 'weg in {time}', gone: 'Weg: Eine Story ist 24 Stunden da.', open: 'Öffnen' },
  source: { ad: 'Kam über die Anzeige „{name}“', product: 'Fragte nach Produkt {name}', link: 'Kam über den Link „{name}“', other: 'Kam von anderswo' },
  media: {
    enlarge: 'Foto vergrößern', pdf: 'PDF', atInstagram: 'Bei Instagram öffnen', failed: 'Die Datei konnte nicht geholt werden.',
    expired: 'Die Datei war weg, bevor sie geholt werden konnte.', purged: 'Die Datei wird nicht mehr aufbewahrt.',
  },
  reaction: { customer: 'Der Kunde hat reagiert', business: 'Du hast reagiert' },
  origin: { api: 'API', automation: 'Automatik', instagram: 'Instagram-App' },
  status: {
    uploading: 'wird hochgeladen',
    scheduled: 'geplant', pending: 'wird gesendet', sending: 'wird gesendet', sent: 'gesendet', read: 'gesehen', failed: 'nicht gesendet', unknown: 'unklar', cancelled: 'abgebrochen',
    scheduledFor: 'wird gesendet: {time}', failedWhy: 'Nicht gesendet: {why}', fileLost: 'Die Seite wurde geschlossen, bevor die Datei hochgeladen war.',
    unknownWhy: 'Instagram hat nicht gesagt, ob es ankam. Sieh in der Instagram-App nach; wir suchen auch weiter.',
  },
  action: {
    stop: 'Abbrechen',
    retry: 'Nochmals', edit: 'Bearbeiten', discard: 'Verwerfen', cancel: 'Nicht senden', sendAnyway: 'Erneut senden …', mayDouble: 'Der Kunde bekommt es vielleicht doppelt.',
    sendTwice: 'Trotzdem senden', no: 'Nein', love: 'Mit ♥ reagieren', unlove: '♥ zurücknehmen', quote: 'Auf diese Nachricht antworten', markUnread: 'Als ungelesen markieren',
  },
  composer: {
    overtaken: '{name} hat inzwischen geantwortet:', somebody: 'Jemand', anyway: 'Trotzdem senden', notYet: 'Noch nicht',
    write: 'Schreibe {name} …', send: 'Senden', attach: 'Dateien hinzufügen', emoji: 'Emoji', files: 'Dateien zum Senden', removeFile: '{name} entfernen', quoting: 'Antwort auf:',
    unquote: 'Nicht zitieren', later: 'Später senden', laterAt: 'Senden am', laterHour: 'In einer Stunde', laterTomorrow: 'Morgen um {time}', laterZone: 'Zeiten in {zone}', laterDo: 'So planen', laterPast: 'Diese Zeit ist vorbei.', laterFar: 'Höchstens 30 Tage im Voraus.', laterClosed: 'Dann ist das Antwortfenster schon geschlossen ({time}).', bytesLeft: 'noch {n} Byte | noch {n} Bytes', parts: 'Geht als {n} Nachricht. | Zu lang für eine Nachricht: geht als {n}, der Reihe nach.',
  },
  replies: {
    title: 'Gespeicherte Antworten', none: 'Keine gespeicherte Antwort passt.', manage: 'Gespeicherte Antworten schreiben und ändern', how: 'Tippe / und die ersten Buchstaben ins Feld, um eine einzufügen.', shortcut: 'Name, ein Wort',
    text: 'Text', variables: 'Wird beim Einfügen ausgefüllt:', save: 'Speichern', another: 'Neue', edit: '{name} ändern', remove: '{name} löschen',
  },
  files: {
    empty: '{name} ist leer.', type: '{name} ist von einer Art, die Instagram nicht nimmt.', large: '{name} ist zu groß: höchstens {limit} MB.',
    many: '{name} ist eine zu viel: {limit} auf einmal.',
  },
  contact: {
    first: 'Erste Nachricht hier', storyReply: 'Hat auf eine Story geantwortet', storyMention: 'Hat dich in einer Story erwähnt',
    label: 'Kontakt', window: 'Antwortfenster', openTill: 'Offen bis', afterwards: 'Danach', peopleOnly: 'nur Menschen', humanTill: 'Menschen bis', source: 'Kam von',
    thread: 'Unterhaltung', account: 'Konto', id: 'Instagram-Id', others: 'Schrieb auch an',
    standing: 'Auf Instagram', followers: 'Follower', followsUs: 'Folgt uns', weFollow: 'Wir folgen', verified: 'Verifiziert', yes: 'ja', no: 'nein',
  },
  presence: { viewing: '{name} sieht zu{more}', typing: '{name} schreibt{more}' },
  live: {
    sound: 'Ton einschalten', caughtUp: 'Auf dem neuesten Stand',
    reconnecting: 'Verbindet wieder …', offline: 'Offline', offlineWaiting: 'Offline · {n} wartet | Offline · {n} warten' },
  problem: { unreachable: 'Der Server ist nicht erreichbar.', unknown: 'Etwas ist schiefgegangen.', trace: 'Trace: {id}', again: 'Nochmals versuchen' },
  keys: {
    palette: 'Gehe zu oder tu', paletteHint: 'Eine Person, eine Liste, ein Befehl …', off: 'Tasten mit einem Buchstaben sind in deinen Einstellungen ausgeschaltet.',
    next: 'Nächste Unterhaltung', previous: 'Vorige Unterhaltung', open: 'Öffnen', reply: 'Ins Textfeld', unread: 'Als ungelesen markieren', panel: 'Kontakt',
    search: 'Suchen', leave: 'Das Feld verlassen, dann die Unterhaltung', send: 'Senden', line: 'Neue Zeile', list: 'Liste zeigen oder verbergen', emoji: 'Emoji', goReply: 'Zu „Offen“', goClosing: 'Zu „Endet bald“', goUnread: 'Zu „Ungelesen“', goAll: 'Zu „Alle“', help: 'Diese Hilfe', close: 'Schließen',
  },
  time: { today: 'Heute', yesterday: 'Gestern' },
}
