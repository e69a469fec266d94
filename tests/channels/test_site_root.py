"""The site below a path of another site, behind nginx with the documented configuration."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser

from tests.support.browser import BrowserMentor
from tests.support.nginx import documented, running_nginx
from tests.support.service import RunningBot, free_port
from tests.support.staff import on_the_staff
from tests.support.web import WebMentor


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RunningBot, str, str]]:
    """A bot, its public address, and the same behind a proxy that strips the path."""
    folder, port, other = tmp_path_factory.mktemp("site"), free_port(), free_port()
    public = f"http://127.0.0.1:{port}/mentors"
    with RunningBot(folder / "data", PUBLIC_URL=public) as bot:
        icon = "location = /favicon.ico { return 204; }\n"  # a browser asks each host for it
        passing = icon + documented().replace("127.0.0.1:8080", f"127.0.0.1:{bot.port}")
        stripping = passing.replace(f"127.0.0.1:{bot.port};", f"127.0.0.1:{bot.port}/;")
        assert stripping != passing
        with running_nginx(folder / "nginx", port, passing), running_nginx(folder / "other", other, stripping):
            stripped = f"http://127.0.0.1:{other}/mentors"
            bot.data_dirs |= {public: bot.data_dir, stripped: bot.data_dir}
            yield bot, public, stripped


def test_a_registration_begins_in_a_browser(browser: Browser, site: tuple[RunningBot, str, str]) -> None:
    _, public, _ = site
    # The page's address without its last slash leads to the one with it.
    with BrowserMentor(browser, public, tolerates=f"another origin: {public}") as maria:
        maria.opens()
        maria.taps("Let’s start")
        assert maria.question == "account"
        asked = maria.page.evaluate("performance.getEntriesByType('resource').map((each) => each.name)")
        ours = (f"{public}/", "data:", "blob:")
        assert [each for each in asked if not each.startswith(ours) and not each.endswith("/favicon.ico")] == []
        cookies = [(each["name"], each["path"]) for each in maria.page.context.cookies()]
        assert cookies == [("mentor_session", "/mentors")]


def test_the_staff_sign_in_and_a_mentor_downloads(site: tuple[RunningBot, str, str]) -> None:
    bot, *addresses = site
    ada = on_the_staff(bot, "ada")
    for later, url in enumerate(addresses):
        with httpx.Client(base_url=url, timeout=30, follow_redirects=True) as client:
            signing_in = client.get("/staff/people?page=2")
            assert signing_in.url.path == "/mentors/staff/sign-in"
            [action] = re.findall(r'<form class="sign-in" method="post" action="([^"]+)"', signing_in.text)
            assert action == "/mentors/staff/sign-in"
            page = re.findall(r'name="page" value="([^"]*)"', signing_in.text)
            seen = client.post("/staff/sign-in", data={**ada.fields(later), "page": page[0]})
            assert (seen.url.path, seen.url.query) == ("/mentors/staff/people", b"page=2")
            assert "Signed in as ada" in seen.text
        with WebMentor(url) as mentor:
            mentor.opens().stands_at("photo").answers()
            mentor.says("What did I agree to? Please send my receipt.")
            links = [link["url"] for message in mentor.messages for link in message.get("links", ())]
            photos = [message["photo"] for message in mentor.messages if "photo" in message]
            assert len(links) >= 2
            assert photos
            for address in links + photos:
                assert address.startswith("/mentors/api/")
                assert httpx.get(f"{url[: -len('/mentors')]}{address}", cookies=mentor.http.cookies).status_code == 200
            described = mentor.http.get("/openapi.json").json()
            assert described["servers"] == [{"url": "/mentors"}]
