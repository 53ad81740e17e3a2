"""Twilio's signature: every published vector, alone and over HTTP, and forms that are none."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlencode, urlsplit

import pytest
from fastapi import APIRouter, Depends
from fastapi.testclient import TestClient
from starlette.datastructures import FormData
from structlog.testing import capture_logs

from channels.twilio_request import signature_fits, signed_form

PAGE = "/myapp.php"


@dataclass(frozen=True)
class Known:
    auth_token: str = "12345"
    public_base_url: str = "https://mycompany.com"
    body_bytes: int = 10_000


def page(settings: Known, seen: list[FormData]) -> APIRouter:
    routes = APIRouter()

    @routes.post(PAGE)
    def receive(form: Annotated[FormData, Depends(signed_form(settings))]) -> str:
        seen.append(form)
        return "in"

    return routes


def test_every_vector_is_judged_as_twilio_judges_it(twilio_vectors: list[dict[str, Any]]) -> None:
    assert len(twilio_vectors) == 20
    for vector in twilio_vectors:
        params = vector["body"] if vector["params"] is None else FormData([tuple(pair) for pair in vector["params"]])
        fits = signature_fits(vector["token"], vector["url"], params, vector["signature"])
        assert fits == (vector["valid"] and vector["twilio_python_9_13_agrees"]), vector["id"]


def test_every_vector_with_a_form_is_judged_the_same_over_http(
    twilio_vectors: list[dict[str, Any]], serve: Callable[[APIRouter], TestClient]
) -> None:
    tried = 0
    for vector in (one for one in twilio_vectors if one["params"] is not None):
        url, seen = urlsplit(vector["url"]), []
        settings = Known(auth_token=vector["token"], public_base_url=f"{url.scheme}://{url.netloc}")
        answer = serve(page(settings, seen)).post(
            f"{url.path}?{url.query}",
            content=urlencode([tuple(pair) for pair in vector["params"]]),
            headers={
                "X-Twilio-Signature": vector["signature"],
                "Content-Type": "application/x-www-form-urlencoded; charset=utf-8",
            },
        )
        right = vector["valid"] and vector["twilio_python_9_13_agrees"]
        assert answer.status_code == (200 if right else 403), vector["id"]
        assert len(seen) == right
        tried += 1
    assert tried == 16


def test_a_refusal_is_logged_without_what_was_said(serve: Callable[[APIRouter], TestClient]) -> None:
    seen: list[FormData] = []
    with capture_logs() as lines:
        answer = serve(page(Known(), seen)).post(PAGE, data={"Body": "secret words", "From": "+10012345678"})
    assert answer.status_code == 403
    assert [(line["event"], line["code"]) for line in lines] == [("twilio_refused", "TWILIO_SIGNATURE")]
    assert "secret" not in str(lines)
    assert not seen


@pytest.mark.parametrize(
    ("content", "content_type", "signature", "status"),
    [
        (b"{}", "application/json", "x", 400),
        (b"a=1", "", "x", 400),
        (b"--b\r\n", "multipart/form-data; boundary=b", "x", 400),
        (b"a=" + b"1" * 20_000, "application/x-www-form-urlencoded", "x", 413),
        (b"&".join([b"a=1"] * 2000), "application/x-www-form-urlencoded", "x", 400),
        (b"a=%ff%fe&%00=\xff\x00", "application/x-www-form-urlencoded", "x", 403),
        (b"", "application/x-www-form-urlencoded", "", 403),
        (b"a=1", "application/x-www-form-urlencoded", "签名".encode(), 403),
    ],
)
def test_what_is_no_signed_form_is_refused(
    serve: Callable[[APIRouter], TestClient],
    *,
    content: bytes,
    content_type: str,
    signature: str | bytes,
    status: int,
) -> None:
    seen: list[FormData] = []
    headers = {"X-Twilio-Signature": signature, "Content-Type": content_type}
    assert serve(page(Known(), seen)).post(PAGE, content=content, headers=headers).status_code == status
    assert not seen


def test_a_query_of_raw_bytes_is_refused_and_does_not_break(serve: Callable[[APIRouter], TestClient]) -> None:
    headers = {"X-Twilio-Signature": "x", "Content-Type": "application/x-www-form-urlencoded"}
    answer = serve(page(Known(), [])).post(f"{PAGE}?a=%ff&b=%00", content=b"a=1", headers=headers)
    assert answer.status_code == 403
