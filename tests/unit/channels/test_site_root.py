"""The site below a path: whatever a proxy does with that path, each request reaches its route."""

from __future__ import annotations

import pytest
from fastapi import FastAPI, Request

from bot.channels.web.site_root import SiteRoot
from bot.core.site_root import cookie_name, root
from tests.support.asgi import Browser


@pytest.fixture
def browser() -> Browser:
    """A browser at an application that tells which route was taken, below which path, and its whole path."""
    app = FastAPI()

    async def taken(request: Request) -> list[str]:
        return [request.scope["route"].path, root(), request.url.path]

    for route in ("/", "/healthz", "/mentors/{mentor_id}", "/staff"):
        app.add_api_route(route, taken, methods=["GET"])
    return Browser(SiteRoot(app, "/mentors", app.routes))


@pytest.mark.parametrize(
    ("passed_on", "route", "whole"),
    [
        ("/mentors", "/", "/mentors/"),
        ("/mentors/", "/", "/mentors/"),
        ("/", "/", "/mentors/"),
        ("/healthz", "/healthz", "/mentors/healthz"),
        ("/mentors/healthz", "/healthz", "/mentors/healthz"),
        ("/mentors/7", "/mentors/{mentor_id}", "/mentors/mentors/7"),
        ("/mentors/mentors/7", "/mentors/{mentor_id}", "/mentors/mentors/7"),
    ],
)
def test_the_proxy_may_strip_the_path_or_pass_it_on(browser: Browser, passed_on: str, route: str, whole: str) -> None:
    assert browser.get(passed_on).json() == [route, "/mentors", whole]
    assert root() == ""


@pytest.mark.parametrize("path", ["/mentorsfoo", "/mentors/none/7", "/none"])
def test_nothing_else_is_there(browser: Browser, path: str) -> None:
    assert browser.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/staff/", "/mentors/staff/"])
def test_a_redirect_stays_below_the_path(browser: Browser, path: str) -> None:
    assert browser.get(path).headers["location"] == "http://test/mentors/staff"


def test_a_browser_takes_the_cookie() -> None:
    """`__Host-` would be refused with another path than ``/``."""
    assert cookie_name("session", path="", secure=True) == "__Host-session"
    assert cookie_name("session", path="/mentors", secure=True) == "__Secure-session"
    assert cookie_name("session", path="/mentors", secure=False) == "session"
