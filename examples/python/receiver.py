"""A CRM that answers Instagram messages: Python 3.9 or later, no packages.

It verifies each webhook, handles each event once, answers the customer, and after an outage catches up over the event feed. Replace what
answer() does, and keep what is handled in your database: one table of event ids, written in the transaction that handles the event.

Settings: INSTAMESSENGER_URL, INSTAMESSENGER_KEY (sk_...), WEBHOOK_SECRET (whsec_...), PORT (9000), STATE (a folder).
"""
import base64
import hashlib
import hmac
import json
import os
import threading
import time
import urllib.error
import urllib.request
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

URL = os.environ["INSTAMESSENGER_URL"].rstrip("/")
KEY = os.environ["INSTAMESSENGER_KEY"]
# Of a secret that is not whsec_... the key is its UTF-8 bytes.
SECRET = base64.b64decode(os.environ["WEBHOOK_SECRET"].removeprefix("whsec_"))
STATE = Path(os.environ.get("STATE", "state"))
WANTED = "message.received"
STALE = timedelta(hours=1)
END_OF_LOG = 2**53 - 1

STATE.mkdir(parents=True, exist_ok=True)
HANDLED, POSITION = STATE / "handled.txt", STATE / "position.txt"
handled = set(HANDLED.read_text().split()) if HANDLED.exists() else set()
one_at_a_time = threading.Lock()


def refusal(headers, body):
    """Says why a webhook is not to be trusted; None when it is genuine (https://www.standardwebhooks.com)."""
    sent = headers.get("webhook-timestamp", "")
    if not sent.isascii() or not sent.isdigit() or abs(time.time() - int(sent)) > 300:
        return "its timestamp is not of the last five minutes"
    signed = f"{headers.get('webhook-id')}.{sent}.".encode() + body
    expected = b"v1," + base64.b64encode(hmac.new(SECRET, signed, hashlib.sha256).digest())
    # Two signatures while a secret is replaced by another; compared in a time that does not tell how much is right.
    if not any(hmac.compare_digest(expected, one.encode()) for one in headers.get("webhook-signature", "").split()):
        return "its signature is wrong"
    return None


def handle(event):
    """Does what an event asks for, once: webhooks come at least once, and the feed shows the same events."""
    with one_at_a_time:
        if event["id"] in handled:
            return
        # Data is null when the person was erased meanwhile.
        if event["type"] == "message.received" and event["data"]:
            answer(event["id"], event["data"]["contact"], event["data"]["message"])
        # After the answer: a crash between the two repeats it, which its idempotency key makes harmless.
        with HANDLED.open("a") as file:
            print(event["id"], file=file, flush=True)
            os.fsync(file.fileno())
        handled.add(event["id"])


def answer(event_id, contact, message):
    """Answers a text. Fails when it is worth trying again later."""
    written = datetime.fromisoformat(message["sent_at"].replace("Z", "+00:00"))
    # What a long outage or a replay brings late is kept, but a late "thank you" only puzzles.
    if message["kind"] != "text" or message["history"] or datetime.now(timezone.utc) - written > STALE:
        return
    text = f'Thank you for "{message["text"][:200]}"!'
    reply = {"account_id": message["account_id"], "recipient_id": contact["id"], "message": text}
    try:
        # The event's id as the key: sent again within 24 hours, it is the same message and not a second one.
        sent = api("POST", "/api/v1/messages/send", reply, {"Idempotency-Key": event_id, "Prefer": "respond-async"})
        print(f"answered {message['id']} with {sent['message_id']}", flush=True)
    except urllib.error.HTTPError as error:
        code = json.loads(error.read() or "{}").get("code")
        if error.code >= 500 or error.code == 429 or code == "idempotency_in_progress":
            raise
        # Like window_closed: no later try would help.
        print(f"{message['id']} is not answered: {code}", flush=True)


def catch_up():
    """Handles what the feed has and no webhook brought. The position moves here alone: webhooks come in any order."""
    if not POSITION.exists():
        # The first start: what was before is not ours to answer.
        keep_position(api("GET", f"/api/v1/events?after={END_OF_LOG}&limit=1")["last_sequence"])
    while True:
        try:
            page = api("GET", f"/api/v1/events?after={POSITION.read_text()}&types={WANTED}&limit=200")
        except urllib.error.HTTPError as error:
            problem = json.loads(error.read() or "{}")
            if problem.get("code") != "events_expired":
                raise
            # We were away for longer than the log is kept, 30 days. A CRM reads its conversations anew here.
            print("events were missed: they are not kept any more", flush=True)
            keep_position(problem["oldest_sequence"] - 1)
            continue
        for event in page["data"]:
            handle(event)
        keep_position(page["last_sequence"])
        if page["next_cursor"] is None:
            return


def keep_position(sequence):
    draft = POSITION.with_suffix(".new")
    draft.write_text(str(sequence))
    draft.replace(POSITION)


def api(method, path, body=None, headers=None):
    request = urllib.request.Request(
        URL + path,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {KEY}", "Content-Type": "application/json", **(headers or {})},
    )
    with urllib.request.urlopen(request, timeout=10) as response:
        return json.load(response)


class Webhooks(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        reason = refusal(self.headers, body)
        if reason:
            return self.reply(401, reason)
        try:
            handle(json.loads(body))
        except Exception as error:  # Not handled: the product posts it again.
            return self.reply(503, repr(error))
        self.reply(204)

    def reply(self, status, text=""):
        self.send_response(status)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("", int(os.environ.get("PORT", "9000"))), Webhooks)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(f"listening on port {server.server_port}", flush=True)
while True:
    try:
        catch_up()
    except Exception as error:  # The product is away, or limits us.
        print(f"the feed cannot be read: {error}", flush=True)
    time.sleep(60)
