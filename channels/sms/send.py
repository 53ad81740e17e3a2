"""Sends a text message through Twilio's REST API."""

from requests.exceptions import ConnectionError as NoConnection
from requests.exceptions import ConnectTimeout, RequestException
from twilio.base.exceptions import TwilioException, TwilioRestException  # type: ignore[import-untyped]
from twilio.http import HttpClient  # type: ignore[import-untyped]
from twilio.http.http_client import TwilioHttpClient  # type: ignore[import-untyped]
from twilio.rest import Client  # type: ignore[import-untyped]
from urllib3.exceptions import MaxRetryError, NewConnectionError

from channels.contract import SendResult, failed, require, sent, unknown

TIMEOUT_SECONDS = 10.0


class TwilioSmsSender:
    """Two-way SMS by Twilio. `http` may be another transport of Twilio's own kind."""

    channel = "sms"

    def __init__(self, account_sid: str, auth_token: str, *, from_number: str, http: HttpClient | None = None) -> None:
        require("hotline.channels.twilio.account_sid_env", account_sid)
        require("hotline.channels.twilio.auth_token_env", auth_token)
        require("hotline.channels.twilio.from_number_env", from_number)
        transport = http or TwilioHttpClient(timeout=TIMEOUT_SECONDS, max_retries=0)
        self._client = Client(account_sid, auth_token, http_client=transport)
        self._from = from_number

    def send(self, address: str, text: str, *, key: str) -> SendResult:
        """`address` is a phone number in E.164. Creating a message is not idempotent at Twilio: `key` is not passed on."""
        try:
            message = self._client.messages.create(to=address, from_=self._from, body=text)
        except TwilioRestException as wrong:
            error = f"TWILIO_{wrong.code or wrong.status}"
            return failed(error) if 400 <= wrong.status < 500 else unknown(error)
        except RequestException as wrong:
            return failed("TWILIO_UNREACHABLE") if _never_left(wrong) else unknown("TWILIO_NO_ANSWER")
        except (TwilioException, ValueError):
            return unknown("TWILIO_STRANGE_ANSWER")
        return sent(message.sid)


def _never_left(wrong: RequestException) -> bool:
    """Whether the connection was never made, so that nothing can have been sent."""
    if isinstance(wrong, ConnectTimeout):
        return True
    cause = wrong.args[0] if isinstance(wrong, NoConnection) and wrong.args else None
    return isinstance(cause, MaxRetryError) and isinstance(cause.reason, NewConnectionError)
