"""What every channel offers to the wiring: a router that receives and a sender that delivers.

A channel is one folder: `receive.py` holds `<Channel>Settings` and `router`, `send.py` a Sender, `templates/` the
wording. Nothing but `hotline/app.py` and `hotline/sender.py` knows which channels exist.
"""

from dataclasses import dataclass
from typing import Protocol, TypeVar

from fastapi import APIRouter

from plumbing.clock import Clock, SystemClock
from plumbing.errors import ConfigError
from tickets.ports import Ports
from tickets.types import DeliveryState

SYSTEM_CLOCK: Clock = SystemClock()

SettingsT_contra = TypeVar("SettingsT_contra", contravariant=True)


class ReceiveRouter(Protocol[SettingsT_contra]):
    """`router` of a channel's receive.py. `settings` are frozen and hold the secrets themselves, never their names."""

    def __call__(self, ports: Ports, settings: SettingsT_contra, *, clock: Clock = SYSTEM_CLOCK) -> APIRouter: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SendResult:
    """SENT: the provider has it. FAILED: it certainly has not. UNKNOWN: it may have, so no blind retry.

    `error` is a stable word for the log, without address or text.
    """

    state: DeliveryState
    provider_id: str | None = None
    error: str | None = None


def sent(provider_id: str | None = None) -> SendResult:
    """The provider took it."""
    return SendResult(state=DeliveryState.SENT, provider_id=provider_id)


def failed(error: str) -> SendResult:
    """Certainly not sent: trying again cannot send it twice."""
    return SendResult(state=DeliveryState.FAILED, error=error)


def unknown(error: str) -> SendResult:
    """It may have been sent; a person decides."""
    return SendResult(state=DeliveryState.UNKNOWN, error=error)


class Sender(Protocol):
    """Delivers one text. Never raises for what the provider does; `key` is the outbox's idempotency key."""

    @property
    def channel(self) -> str: ...

    def send(self, address: str, text: str, *, key: str) -> SendResult: ...


def require(key: str, value: str | None) -> None:
    """Raises ConfigError when a secret or an address is empty: an empty secret would let anybody sign."""
    if not value or value != value.strip():
        shown = "（前后有空格，不显示）" if value else "（空）"
        raise ConfigError("config.yml", key, shown, "非空，前后没有空格；密钥由所指的环境变量给出")
