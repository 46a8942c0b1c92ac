"""Signing and framing: what is refused, and that nothing secret shows."""

import json

import pytest

from migrator.errors import AnswerDamaged, AnswerTruncated, SettingsInvalid
from migrator.protocol import AgentKey, decode_answer, encode_request, split_file_frames, split_lines, split_value
from tests.unit.migrator.fake_agent import KEY, KEY_ID, SECRET, frame, sign

KEY_ = AgentKey.parse(KEY)
NONCE = "00" * 16


def answer(body: bytes) -> bytes | None:
    decoded = decode_answer(KEY_, "hello", NONCE, body)
    return None if decoded is None else bytes(decoded.payload)


def test_key_does_not_show_its_secret() -> None:
    assert KEY_.key_id == KEY_ID
    assert SECRET not in repr(KEY_)


@pytest.mark.parametrize("text", ["", "cm_1_2", KEY.upper(), KEY + "0", KEY.replace("cm_", "ck_"), KEY[:-1] + "g"])
def test_malformed_keys_are_refused_without_repeating_them(text: str) -> None:
    with pytest.raises(SettingsInvalid) as refused:
        AgentKey.parse(text)
    assert text == "" or text not in str(refused.value)


def test_request_is_signed_over_operation_body_time_and_nonce() -> None:
    body = encode_request(KEY_, "files.list", {"root": "core"}, timestamp=1_800_000_000, nonce=NONCE)
    assert body.startswith(b"CMREQ1\n")
    assert SECRET.encode() not in body
    header = json.loads(body[11 : 11 + int.from_bytes(body[7:11], "big")])
    # Computed with `openssl dgst -sha256 -hmac` over the text that the protocol prescribes.
    assert header["mac"] == "f57623a49e7e598d3c20dc4a1f04350e05e52b87768215032f30f01ec2223570"
    assert (header["op"], header["key"], header["ts"], header["nonce"]) == ("files.list", KEY_ID, 1_800_000_000, NONCE)


def test_answer_is_found_behind_and_before_junk() -> None:
    assert answer(b"<b>Notice</b>" + sign("hello", NONCE, "ok", b"{}") + b"<!-- cached -->") == b"{}"


def test_a_magic_inside_the_junk_does_not_hide_the_answer() -> None:
    assert answer(b"\0CMRES1\0junk" + sign("hello", NONCE, "ok", b"{}")) == b"{}"


def test_a_page_is_no_answer() -> None:
    assert answer(b"<html>") is None


@pytest.mark.parametrize(
    "body",
    [
        sign("hello", NONCE, "ok", b"{}")[:-1],
        sign("hello", NONCE, "ok", b"{}")[:20],
        sign("hello", "11" * 16, "ok", b"{}"),
        sign("db.rows", NONCE, "ok", b"{}"),
        sign("hello", NONCE, "ok", b"{}").replace(b'"ok"', b'"no"'),
        sign("hello", NONCE, "ok", b"{}")[:-2] + b"[]",
        b"\0CMRES1\0" + b"\xff\xff\xff\xff",
        b"\0CMRES1\0" + frame({"status": "ok", "nonce": NONCE, "length": -1, "mac": "é"}),
        b"\0CMRES1\0\0\0\0\x02[]",
        b"\0CMRES1\0",
    ],
    ids=["cut", "cut header", "nonce", "operation", "status", "payload", "length", "negative", "no object", "empty"],
)
def test_damaged_answers_are_refused(body: bytes) -> None:
    with pytest.raises(AnswerDamaged):
        answer(body)


def test_an_answer_is_found_behind_a_few_false_beginnings_but_not_behind_thousands() -> None:
    """Each may cost a hash of all that follows it."""
    false, right = sign("hello", "11" * 16, "ok", b"{}"), sign("hello", NONCE, "ok", b"{}")
    assert answer(7 * false + right) == b"{}"
    with pytest.raises(AnswerDamaged):
        answer(8 * false + right)


def test_rows() -> None:
    payload = frame({"rows": 2, "done": True, "last": None}) + b"a\t\\N\n\t\xff\0\n"
    header, lines = split_lines(memoryview(payload))
    assert header["done"]
    assert lines == b"a\t\\N\n\t\xff\0\n"


@pytest.mark.parametrize(
    ("rows", "data"), [(1, b"a"), (2, b"a\n"), (0, b"\n"), (1, b"a\nb"), ("1", b"a\n"), (None, b"")]
)
def test_rows_that_are_not_as_many_as_announced_are_refused(rows: object, data: bytes) -> None:
    payload = frame({"rows": rows, "done": True, "last": None}) + data
    with pytest.raises(AnswerTruncated):
        split_lines(memoryview(payload))


def test_a_piece_of_a_value() -> None:
    assert split_value(memoryview(frame({"length": 5, "crc": 1}) + b"\0\n")) == ({"length": 5, "crc": 1}, b"\0\n")


def test_file_frames() -> None:
    payload = frame({"index": 0, "length": 2}) + b"ab" + frame({"index": 1, "length": 0})
    assert [(header["index"], bytes(data)) for header, data in split_file_frames(memoryview(payload))] == [
        (0, b"ab"),
        (1, b""),
    ]
    with pytest.raises(AnswerDamaged):
        list(split_file_frames(memoryview(payload[:-30])))
