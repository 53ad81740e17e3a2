"""The web application: channels, pages, API and health, wired to the use cases."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from channels.counter import receive as counter
from channels.phone import receive as phone
from channels.sms import receive as sms
from channels.web import receive as web
from channels.wechat import receive as wechat
from dashboards import app as staff
from dashboards import auth
from dashboards.admin import routes as admin
from dashboards.board import routes as board
from dashboards.pages import STATIC, PageRoute, nav
from hotline import api, api_answers, api_board, api_events, errors_http, health, test_clock
from hotline.gate import Gate
from hotline.runtime import Runtime, build
from plumbing import config as configuration
from plumbing import log

EMBEDDED_ENV = "HOTLINE_LOOPS"
"""Set to "off" by `hotline serve --no-loops`: workers do the work."""


def create_app() -> FastAPI:
    """What granian serves: everything from config.yml and the environment."""
    log.configure(os.environ.get("HOTLINE_LOG_LEVEL", "INFO"))
    config = configuration.load()
    return application(build(config), loops=os.environ.get(EMBEDDED_ENV) != "off")


def application(runtime: Runtime, *, loops: bool) -> FastAPI:
    """The application around a runtime. `loops`: this process also drains, sends and ticks."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        runtime.reference.now()  # the first resident does not wait for the city to be read
        if loops:
            if runtime.config.broker_url is None:
                runtime.drain.release_claims()
                runtime.outbox.release_claims()
            runtime.loops.start()
        yield
        if loops:
            runtime.loops.stop()
        runtime.database.dispose()

    app = FastAPI(title="12345 热线引擎", version="1", lifespan=lifespan, docs_url=None, redoc_url=None)
    errors_http.install(app)
    app.add_middleware(Gate, limit=runtime.config.settings.limits.body_bytes)
    _programs(app, runtime, loops=loops)
    _people(app, runtime)
    _providers(app, runtime)
    return app


def _programs(app: FastAPI, runtime: Runtime, *, loops: bool) -> None:
    app.include_router(health.router(runtime, loops=loops))
    app.include_router(api.router(runtime))
    app.include_router(api_answers.router(runtime))
    app.include_router(api_board.router(runtime))
    app.include_router(api_events.router(runtime))
    if runtime.config.test_clock is not None:
        app.include_router(test_clock.router(runtime))


def _people(app: FastAPI, runtime: Runtime) -> None:
    ports = runtime.ports()
    hours = runtime.config.settings.limits.session_hours
    app.include_router(staff.router(ports, database=runtime.database, clock=runtime.clock, session_hours=hours))
    app.include_router(web.router(ports, runtime.config.settings))
    form: dict[str, Any] = {"viewer": auth.current, "check_csrf": auth.check_csrf, "route_class": PageRoute, "nav": nav}
    app.include_router(counter.router(ports, **form))
    app.include_router(board.router())
    app.include_router(admin.router(ports))
    app.mount("/static/web", StaticFiles(directory=web.STATIC), name="static-web")
    app.mount("/static", StaticFiles(directory=STATIC), name="static")


def _providers(app: FastAPI, runtime: Runtime) -> None:
    """Channels of providers are open when their secrets are there, else they answer 404."""
    config, ports = runtime.config, runtime.ports()
    given = config.settings.channels
    token, app_id = config.secret(given.wechat.token_env), config.secret(given.wechat.app_id_env)
    if token and app_id:
        settings = wechat.WechatSettings(
            token=token,
            app_id=app_id,
            encoding_aes_key=config.secret(given.wechat.aes_key_env),
            freshness_seconds=given.wechat.freshness_seconds,
        )
        app.include_router(wechat.router(ports, settings, clock=runtime.clock))
    auth_token = config.secret(given.twilio.auth_token_env)
    if auth_token:
        common: dict[str, Any] = {"auth_token": auth_token, "public_base_url": config.public_url}
        app.include_router(sms.router(ports, sms.SmsSettings(**common), clock=runtime.clock))
        hosts = given.twilio.recording_hosts
        spoken = phone.PhoneSettings(**common, recording_hosts=hosts)
        app.include_router(phone.router(ports, spoken, clock=runtime.clock))
