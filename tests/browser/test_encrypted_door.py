"""A new tablet, from the plain page to a badge read by its camera, in Chromium over a network.

The hall is reached by its name, which is nobody's own machine, so everything that a browser keeps
for safe pages is proven where it counts. The authority is installed as a person would: into the
store of certificates of this Chromium alone (`certutil`, Debian's libnss3-tools).
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pypdfium2
import pytest
from lan import LanServer, network
from PIL import Image
from playwright.sync_api import Page, expect
from support import ROSTER, ROSTER_NAME, meeting_of
from trusting import called, chromium, trust

from kiosk import config, create_app, founding
from kiosk.conference import badge_issue
from kiosk.conference.badge_sheet import BadgeFace, badge_sheet
from kiosk.core.access import THE_PROGRAM, Kind
from kiosk.core.db import db, writer
from kiosk.devices import services as devices
from kiosk.founding import real_plan

pytestmark = pytest.mark.browser


@dataclass
class Hall:
    server: LanServer
    folder: Path
    #: Its name on the network: `pc1.local`, or its address where this machine has no usable name.
    name: str
    ticket: str
    #: What stands on the first badge, and a picture of it in the hand of a delegate.
    badge: str
    film: Path

    @property
    def plain(self) -> str:
        return f"http://{self.name}:{self.server.port}"

    @property
    def encrypted(self) -> str:
        return f"https://{self.name}:{self.server.https_port}"


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    place = tmp_path_factory.mktemp("door")
    folder = place / "instance"
    founding.make_conference(
        config.load(folder), plan=real_plan(), roster=(ROSTER_NAME, ROSTER.encode("utf-8"))
    )
    app = create_app(config.load(folder))
    with app.app_context():
        keys = app.extensions["kiosk_keys"]
        added = devices.add_device(kind=Kind.GATE, name="Cổng 1", by=THE_PROGRAM, key=keys.tokens)
        faces = badge_issue.badge_faces(db.session(), key=keys.badge)
        meeting = meeting_of(app)
        db.session.remove()
        writer().close()
        db.engine.dispose()
    badge = str(faces[0]["code"])
    assert badge in meeting.codes.values()
    sheet = badge_sheet([BadgeFace(**faces[0])], heading="Hội nghị", watermark=None)
    film = place / "camera.mjpeg"
    film.write_bytes(_filmed(sheet))
    with network(place) as lan:
        server = LanServer(folder).on(lan)
        server.start()
        yield Hall(server, folder, called(server), added.ticket, badge, film)
        server.stop()


def _filmed(sheet: bytes) -> bytes:
    """A badge, as printed, held before a camera of 1280 x 720: some frames of a motion JPEG."""
    page = pypdfium2.PdfDocument(sheet)[0].render(scale=4).to_pil().convert("RGB")
    paper = page.crop((0, 0, page.width // 2, int(page.height / 3.7)))
    paper.thumbnail((1100, 640))
    frame = Image.new("RGB", (1280, 720), (96, 104, 110))
    held = paper.rotate(3, expand=True, fillcolor=(96, 104, 110), resample=Image.Resampling.BICUBIC)
    frame.paste(held, ((1280 - held.width) // 2, (720 - held.height) // 2))
    jpeg = io.BytesIO()
    frame.save(jpeg, "JPEG", quality=85)
    return jpeg.getvalue() * 5


def heard(page: Page) -> list[str]:
    """What the page complains of from now on."""
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None,
    )
    return complaints


SAFE = """() => ({
  secure: isSecureContext,
  camera: 'mediaDevices' in navigator,
  awake: 'wakeLock' in navigator,
  seal: 'subtle' in crypto,
})"""


def test_a_tablet_that_does_not_trust_the_hall_stays_on_the_page_and_is_told_how(
    hall: Hall,
    browser_path: str,
    tmp_path: Path,
    accessible: Callable[[Page], None],
) -> None:
    with chromium(browser_path, hall.server, hall.name, home=tmp_path / "home") as browser:
        page = browser.new_page(viewport={"width": 390, "height": 844}, locale="vi-VN")
        complaints = heard(page)
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{hall.plain}/")
        expect(page).to_have_url(f"{hall.plain}/trust")
        expect(page.get_by_text("Máy này chưa tin máy chủ.")).to_be_visible()
        assert page.evaluate(SAFE) == {
            "secure": False,
            "camera": False,
            "awake": False,
            "seal": False,
        }
        for machine in ("Android", "iPad, iPhone", "Windows", "Linux"):
            page.get_by_role("link", name=machine, exact=True).click()
            expect(page.locator(".drawn")).to_have_count(4)
            accessible(page)
            assert page.evaluate("document.documentElement.scrollWidth") == 390, machine
        page.get_by_role("link", name="English").click()
        expect(page.get_by_role("heading", name="Let this machine trust the hall")).to_be_visible()
        accessible(page)
        # The browser itself tells of each try that failed; nothing else is said, nobody else asked.
        assert {urlsplit(url).hostname for url in asked} == {hall.name}
        assert [said for said in complaints if "ERR_CERT_AUTHORITY_INVALID" not in said] == []
        # And without the authority there is no way in.
        with pytest.raises(Exception, match="ERR_CERT_AUTHORITY_INVALID"):
            page.goto(f"{hall.encrypted}/sign-in")


def test_a_tablet_that_trusts_the_hall_goes_on_by_itself_and_its_camera_admits(
    hall: Hall,
    browser_path: str,
    tmp_path: Path,
    accessible: Callable[[Page], None],
) -> None:
    trust(hall.server, tmp_path / "home")
    camera = (
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={hall.film}",
    )
    with chromium(browser_path, hall.server, hall.name, *camera, home=tmp_path / "home") as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 800}, locale="vi-VN")
        page.set_default_timeout(30_000)
        complaints = heard(page)
        # The page moves on to the encrypted address as soon as it answers.
        page.goto(f"{hall.plain}/trust")
        page.wait_for_url(f"{hall.encrypted}/**")
        assert page.evaluate("isSecureContext")
        page.goto(f"{hall.encrypted}/trust")
        expect(page.get_by_role("heading", name="Máy này đã tin máy chủ")).to_be_visible()
        accessible(page)
        # Paired by the one-time address, on a name that is not this machine's own.
        page.goto(f"{hall.encrypted}/pair/{hall.ticket}")
        page.wait_for_url(f"{hall.encrypted}/gate")
        assert page.evaluate(SAFE) == {"secure": True, "camera": True, "awake": True, "seal": True}
        page.get_by_role("button", name="Bắt đầu quét").click()
        expect(page.locator("#finder")).to_have_attribute("data-camera", "on", timeout=30_000)
        expect(page.locator("#answer")).to_have_attribute(
            "data-outcome", "admitted", timeout=30_000
        )
        accessible(page)
        # A finger on the page, then the whole screen; and the screen stays awake.
        assert page.evaluate(
            "document.documentElement.requestFullscreen().then(() => !!document.fullscreenElement)"
        )
        assert page.evaluate(
            "navigator.wakeLock.request('screen').then((lock) => { lock.release(); return true; })"
        )
        cookies = page.context.cookies(hall.encrypted)
        assert {cookie["name"] for cookie in cookies} >= {"__Host-kiosk_gate"}
        for cookie in cookies:
            assert cookie["secure"], cookie["name"]
            assert cookie["httpOnly"], cookie["name"]
            assert cookie["sameSite"] == "Strict", cookie["name"]
        assert complaints == []
        # The same authority vouches for no other name, whoever holds its key.
        assert hall.badge not in page.content()
