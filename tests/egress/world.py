"""The world outside, as a container: a name server whose answers change, a public web server, a private listener.

Started as `python world.py PUBLIC PRIVATE`, two addresses of its own. Prints a line for each connection.
No name server of a library: this one has to lie from one answer to the next, always with a TTL of 0.
"""

import socket
import struct
import sys
import threading
from itertools import count

PUBLIC, PRIVATE = sys.argv[1:3]
A, AAAA = 1, 28
turn = count()


def addresses(name: str, kind: int) -> list[str]:
    """The answer for a name, which may be another one each time."""
    if name == "rebinding.example":
        return {A: [[PUBLIC], [PRIVATE]][next(turn) % 2], AAAA: []}.get(kind, [])
    fixed = {
        "shop.example": {A: [PUBLIC]},
        "private.example": {A: [PRIVATE]},
        "mixed.example": {A: [PUBLIC, PRIVATE]},
        "mixed-reversed.example": {A: [PRIVATE, PUBLIC]},
        "loopback.example": {A: ["127.0.0.1"]},
        "metadata.example": {A: ["169.254.169.254"]},
        "carrier.example": {A: ["100.64.0.1"]},
        "zero.example": {A: ["0.0.0.0"]},
        "mapped.example": {AAAA: [f"::ffff:{PRIVATE}"]},
        "nat64.example": {AAAA: ["64:ff9b::7f00:1"]},
        "six-to-four.example": {AAAA: ["2002:7f00:1::"]},
        "local.example": {AAAA: ["fd00::1"]},
        "loopback6.example": {AAAA: ["::1"]},
        "half.example": {A: [PUBLIC], AAAA: ["fd00::1"]},
    }
    return fixed.get(name, {}).get(kind, [])


def answer(question: bytes) -> bytes:
    """A DNS message for a question (RFC 1035); names that are not known do not exist."""
    end = question.index(b"\0", 12)
    labels, at = [], 12
    while at < end:
        labels.append(question[at + 1 : at + 1 + question[at]].decode().lower())
        at += 1 + question[at]
    name, (kind,) = ".".join(labels), struct.unpack("!H", question[end + 1 : end + 3])
    found = addresses(name, kind)
    known = found or addresses(name, AAAA if kind == A else A)
    records = b"".join(record(kind, address) for address in found)
    head = question[:2] + struct.pack("!HHHHH", 0x8180 if known else 0x8183, 1, len(found), 0, 0)
    return head + question[12 : end + 5] + records


def record(kind: int, address: str) -> bytes:
    """One answer, for the question's name."""
    data = socket.inet_pton(socket.AF_INET if kind == A else socket.AF_INET6, address)
    return b"\xc0\x0c" + struct.pack("!HHIH", kind, 1, 0, len(data)) + data


def names() -> None:
    """Serve names."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind((PRIVATE, 53))
        while True:
            question, asker = server.recvfrom(512)
            server.sendto(answer(question), asker)


def listen(address: str, port: int) -> None:
    """Answer every connection with a page that says which address it reached, and tell of it."""
    with socket.create_server((address, port)) as server:
        while True:
            connection, _ = server.accept()
            print(f"connection to {address}", flush=True)
            with connection:
                connection.settimeout(5)
                connection.recv(65536)
                body = address.encode()
                connection.sendall(b"HTTP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)


for address, port in ((PUBLIC, 80), (PRIVATE, 80), (PUBLIC, 8080), (PUBLIC, 25)):
    threading.Thread(target=listen, args=(address, port)).start()
print("ready", flush=True)
names()
