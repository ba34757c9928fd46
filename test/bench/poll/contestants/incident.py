"""The incident's script: imaplib, one RFC822 fetch a mail, the standard library's email package."""
import email
import email.header
import imaplib
import json
import re
import resource
import ssl
import sys
import time

task = json.loads(sys.argv[1])


def decoded(value):
    if value is None:
        return ""
    text = ""
    for part, charset in email.header.decode_header(value):
        text += part.decode(charset or "utf-8", "replace") if isinstance(part, bytes) else part
    return text


def text_of(message):
    html = ""
    for part in message.walk():
        kind = part.get_content_type()
        if kind not in ("text/plain", "text/html") or part.get_content_disposition() == "attachment":
            continue
        content = part.get_payload(decode=True).decode(part.get_content_charset() or "utf-8", "replace")
        if kind == "text/plain":
            return content
        html = html or content
    return re.sub(r"<[^>]+>", " ", re.sub(r"(?s)<(style|script).*?</\1>", " ", html))


def log_in():
    if not task["tls"]:
        client = imaplib.IMAP4(task["host"], task["port"])
    else:
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        client = imaplib.IMAP4_SSL(task["host"], task["port"], ssl_context=context)
    client.login(task["user"], task["password"])
    return client


def read_backlog(took):
    client = log_in()
    client.select("INBOX", readonly=True)
    _, data = client.uid("SEARCH", None, "ALL")
    for uid in data[0].split():
        _, rows = client.uid("FETCH", uid, "(RFC822)")
        message = email.message_from_bytes(rows[0][1])
        decoded(message["From"])
        snippet = re.sub(r"\s+", " ", text_of(message))[:500].strip()
        took({"uid": int(uid), "subject": decoded(message["Subject"]), "text": snippet})
    client.logout()


def poll_empty():
    client = log_in()
    client.status("INBOX", "(UIDNEXT UIDVALIDITY)")
    client.logout()


def cpu_seconds():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def peak_megabytes():
    try:
        with open("/proc/self/status") as status:
            return int(re.search(r"VmHWM:\s+(\d+)", status.read()).group(1)) / 1024
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measured():
    counts = {"mails": 0, "withSubject": 0, "withText": 0}
    shown = []

    def took(mail):
        counts["mails"] += 1
        counts["withSubject"] += bool(mail["subject"])
        counts["withText"] += bool(mail["text"])
        if task["showMails"]:
            shown.append(mail)

    cpu_before, started_at = cpu_seconds(), time.monotonic()
    read_backlog(took) if task["question"] == "backlog" else poll_empty()
    wall, cpu = time.monotonic() - started_at, cpu_seconds() - cpu_before
    measures = {"wallMs": wall * 1000, "cpuMs": cpu * 1000, "peakMegabytes": peak_megabytes(), "shown": shown}
    return {**counts, **measures}


for _ in range(task["times"]):
    answer = measured()
json.dump(answer, sys.stdout)
