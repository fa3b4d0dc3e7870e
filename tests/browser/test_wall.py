"""The gallery as a wall: all of it is there, whatever is loaded; its address is its state; nothing moves by itself."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest
from playwright.sync_api import Browser, Locator, ViewportSize, expect

from tests.browser.accessibility import faults
from tests.browser.conftest import running, window
from tests.browser.desk import Desk
from tests.browser.walls import hang

pytestmark = pytest.mark.browser

WORKS = 3000
SHIFTS = """() => {
    window.shifted = 0
    new PerformanceObserver(list => list.getEntries().forEach(entry => { window.shifted += entry.value }))
        .observe({ type: 'layout-shift', buffered: true })
}"""
MOST_SHIFTED = 0.02


@pytest.fixture(scope="module")
def hung(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A studio with many works."""
    folder = tmp_path_factory.mktemp("wall")
    hang(folder, WORKS)
    with running(folder, {}) as url:
        yield url


@pytest.fixture
def wall(chromium: Browser, hung: str) -> Iterator[Desk]:
    yield from window(chromium, hung, viewport={"width": 1440, "height": 900})


def tiles(desk: Desk) -> Locator:
    return desk.page.get_by_role("list", name="Results").get_by_role("listitem")


def scroll(desk: Desk, to: float) -> None:
    """To a share of the whole page, and until the address says so."""
    before = desk.page.url
    desk.page.evaluate("share => scrollTo(0, share * document.documentElement.scrollHeight)", to)
    expect(desk.page).not_to_have_url(before)
    expect(tiles(desk).get_by_role("link").first).to_be_visible()


def at(desk: Desk) -> int:
    """The work that the address names as the first in sight."""
    found = re.search(r"[?&]at=(\d+)", desk.page.url)
    assert found, desk.page.url
    return int(found[1])


def top_of(desk: Desk, work: int) -> float:
    """Where a tile stands in the window."""
    found: float = desk.page.locator(f"[data-key=a{work}]").evaluate("tile => tile.getBoundingClientRect().top")
    return found


def whole(desk: Desk) -> None:
    """Wait until all of the wall is laid out."""
    expect(tiles(desk).first).to_have_attribute("aria-setsize", re.compile(r"^\d+$"))


def submit(desk: Desk, words: str) -> None:
    body = {"prompt_text": words, "prompt_type": "image", "parameters": {"width": 64, "height": 64}}
    answer = httpx.post(f"{desk.url}/api/prompts", json=body, params={"wait": 60}, timeout=90)
    assert answer.json()["status"] == "completed"


def test_all_works_have_their_place_and_few_are_drawn(wall: Desk) -> None:
    wall.open("/gallery")
    whole(wall)
    scroll(wall, 1.0)
    expect(wall.page.locator("[data-key=a1]")).to_be_visible()
    assert tiles(wall).count() < 100
    assert tiles(wall).first.get_attribute("aria-posinset") != "1"


def test_the_place_is_noted_also_after_the_wall_has_grown(wall: Desk) -> None:
    wall.open("/gallery")
    whole(wall)
    scroll(wall, 0.3)
    # As when the rest of the works came: the height of the list is another one, the width is not.
    wall.page.get_by_role("list", name="Results").evaluate(
        """list => new Promise(done => {
            list.style.paddingBlockEnd = '9px'
            new ResizeObserver(() => requestAnimationFrame(done)).observe(list)
        })"""
    )
    scroll(wall, 1.0)
    expect(wall.page.locator("[data-key=a1]")).to_be_visible()


def test_pictures_are_whole(wall: Desk) -> None:
    wall.open("/gallery?type=image")
    expect(wall.page.locator("main img.ready").nth(5)).to_be_visible()
    off = wall.page.locator("main img.ready").evaluate_all(
        """all => all.filter(img => {
            const off = img.clientWidth / img.clientHeight / (img.naturalWidth / img.naturalHeight) - 1
            return Math.abs(off) > 0.03 && getComputedStyle(img).objectFit !== 'contain'
        }).map(img => img.src)"""
    )
    assert off == []


def test_the_player_of_a_sound_has_room_on_a_phone(chromium: Browser, hung: str) -> None:
    """Beside a tall picture the row of a sound is low."""
    viewport: ViewportSize = {"width": 390, "height": 844}
    for phone in window(chromium, hung, viewport=viewport, is_mobile=True, has_touch=True):
        phone.open("/gallery")
        whole(phone)
        heights: list[float] = []
        for share in (0.0, 0.2, 0.4, 0.6, 0.8):
            if share:
                scroll(phone, share)
            buttons = tiles(phone).get_by_role("button", name=re.compile("^Play"))
            expect(buttons.first).to_be_visible()
            heights += buttons.evaluate_all(
                """all => all.map(button => {
                    const tile = button.closest('li').getBoundingClientRect()
                    return button.getBoundingClientRect().bottom > tile.bottom ? -tile.height : tile.height
                })"""
            )
        assert min(heights) > 0, f"the player is cut off in a tile of {-min(heights)} pixels"
        assert min(heights) < 176, "no row was low"


def test_nothing_shifts_on_load_nor_when_works_arrive(wall: Desk) -> None:
    wall.page.add_init_script(f"({SHIFTS})()")
    wall.open("/gallery")
    whole(wall)
    expect(wall.page.locator("main img.ready").first).to_be_visible()
    submit(wall, "arrived while nobody looked")
    expect(tiles(wall).first).to_contain_text("arrived while nobody looked")
    submit(wall, "arrived beside it")
    expect(tiles(wall).first).to_contain_text("arrived beside it")
    assert wall.page.evaluate("shifted") < MOST_SHIFTED


def test_a_row_keeps_its_neighbours_when_one_work_arrives(wall: Desk) -> None:
    wall.open("/gallery")
    whole(wall)
    sideways = "all => all.map(one => [one.dataset.key, one.getBoundingClientRect().left]).slice(0, 9)"
    before = tiles(wall).evaluate_all(sideways)
    submit(wall, "makes nobody move aside")
    expect(tiles(wall).first).to_contain_text("makes nobody move aside")
    after = tiles(wall).evaluate_all(sideways)
    assert [each for each in after if each in before] == before[: len(after) - 1]


def test_works_that_arrive_wait_while_one_looks_elsewhere(wall: Desk) -> None:
    wall.open("/gallery")
    whole(wall)
    scroll(wall, 0.5)
    place, top = at(wall), top_of(wall, at(wall))
    for number in (1, 2):
        submit(wall, f"waiting to be seen {number}")
        expect(wall.page.get_by_role("button", name=f"{number} new")).to_be_visible()
    assert (at(wall), top_of(wall, place)) == (place, top)
    assert faults(wall.page) == []
    wall.page.get_by_role("button", name="2 new").click()
    expect(tiles(wall).nth(0)).to_contain_text("waiting to be seen 2")
    expect(tiles(wall).nth(1)).to_contain_text("waiting to be seen 1")
    expect(wall.page.get_by_role("button", name="new")).to_have_count(0)
    assert wall.page.evaluate("scrollY") == 0


def test_nothing_moves_under_the_pointer(wall: Desk) -> None:
    wall.open("/gallery")
    whole(wall)
    tile = tiles(wall).nth(1)
    tile.hover()
    key, box = tile.get_attribute("data-key"), tile.bounding_box()
    submit(wall, "not under my hand")
    expect(wall.page.get_by_role("button", name="1 new")).to_be_visible()
    assert wall.page.locator(f"[data-key={key}]").bounding_box() == box


def test_a_deleted_work_leaves_its_place_and_comes_back_to_it(wall: Desk) -> None:
    wall.open("/gallery")
    whole(wall)
    tile, beside = tiles(wall).nth(1), tiles(wall).nth(2)
    key, box = tile.get_attribute("data-key"), tile.bounding_box()
    key_beside, box_beside = beside.get_attribute("data-key"), beside.bounding_box()
    prompt = (tile.get_by_role("link").first.get_attribute("href") or "").rpartition("/")[2]
    assert httpx.delete(f"{wall.url}/api/prompts/{prompt}").status_code in (200, 204)
    expect(wall.page.locator(f"[data-key={key}]")).to_have_count(0)
    assert wall.page.locator(f"[data-key={key_beside}]").bounding_box() == box_beside
    assert httpx.post(f"{wall.url}/api/prompts/{prompt}/restore").status_code == 200
    expect(wall.page.locator(f"[data-key={key}]")).to_be_visible()
    assert wall.page.locator(f"[data-key={key}]").bounding_box() == box


def test_back_returns_to_where_one_was(wall: Desk) -> None:
    wall.open("/gallery")
    whole(wall)
    scroll(wall, 0.4)
    place = at(wall)
    wall.page.get_by_role("link", name="Writings", exact=True).click()
    expect(wall.page.get_by_role("heading", name="Writings", exact=True)).to_be_attached()
    wall.page.go_back()
    expect(wall.page.locator(f"[data-key=a{place}]")).to_be_in_viewport()
    assert at(wall) == place


def test_a_reload_and_a_link_show_the_same_place_and_filter(wall: Desk, chromium: Browser) -> None:
    wall.open("/gallery")
    wall.page.get_by_role("button", name="Pictures").click()
    wall.page.get_by_role("searchbox").fill("heron")
    expect(wall.page).to_have_url(re.compile(r"\?type=image&q=heron$"))
    found = httpx.get(f"{wall.url}/api/artifacts/counts", params={"artifact_type": "image", "q": "heron"}).json()
    expect(tiles(wall).first).to_have_attribute("aria-setsize", str(found["total"]))
    scroll(wall, 0.5)
    place, address = at(wall), wall.page.url.removeprefix(wall.url)
    wall.page.reload()
    expect(wall.page.locator(f"[data-key=a{place}]")).to_be_in_viewport()
    expect(wall.page.get_by_role("searchbox")).to_have_value("heron")
    with contextmanager(window)(chromium, wall.url, viewport={"width": 1440, "height": 900}) as other:
        other.open(address)
        expect(other.page.locator(f"[data-key=a{place}]")).to_be_in_viewport()
        expect(other.page.get_by_role("button", name="Pictures")).to_have_attribute("aria-pressed", "true")


def test_back_undoes_a_filter(wall: Desk) -> None:
    wall.open("/gallery")
    wall.page.get_by_role("button", name="Sounds").click()
    expect(tiles(wall).first).to_contain_text("rain on roof")
    wall.page.go_back()
    expect(wall.page.get_by_role("button", name="Everything")).to_have_attribute("aria-pressed", "true")
    expect(tiles(wall).filter(has_text="heron").first).to_be_visible()


def test_the_scrubber_leads_to_a_month_by_keyboard_and_pointer(wall: Desk) -> None:
    wall.open("/gallery")
    whole(wall)
    scrubber = wall.page.get_by_role("slider", name="Month")
    expect(scrubber).to_have_attribute("aria-valuetext", "November 2026")
    scrubber.press("ArrowDown")
    expect(scrubber).to_have_attribute("aria-valuetext", "October 2026")
    expect(wall.page).to_have_url(re.compile("at="))
    made = httpx.get(f"{wall.url}/api/artifacts", params={"ids": at(wall)}).json()["items"][0]["created_at"]
    assert made.startswith(("2026-10", "2026-11-01"))
    scrubber.press("End")
    expect(scrubber).to_have_attribute("aria-valuetext", re.compile("(November|December) 2025"))
    box = scrubber.bounding_box()
    assert box
    wall.page.mouse.click(box["x"] + 10, box["y"] + box["height"] / 2)
    expect(scrubber).to_have_attribute("aria-valuetext", re.compile("(May|June) 2026"))


def test_arrow_keys_go_from_work_to_work_and_the_focus_is_never_lost(wall: Desk) -> None:
    wall.open("/gallery")
    whole(wall)
    keys = wall.page.keyboard
    focused = wall.page.locator("main li:focus-within")
    tiles(wall).first.locator("[data-primary]").focus()
    keys.press("ArrowRight")
    expect(focused).to_have_attribute("aria-posinset", "2")
    keys.press("ArrowDown")
    expect(focused).to_have_attribute("aria-posinset", re.compile("^([5-9]|1[0-9])$"))
    keys.press("End")
    expect(wall.page.locator("[data-key=a1] [data-primary]")).to_be_focused()
    wall.page.evaluate("scrollTo(0, 0)")
    expect(tiles(wall).first).to_have_attribute("aria-posinset", "1")
    expect(wall.page.locator("[data-key=a1] [data-primary]")).to_be_focused()
    keys.press("Home")
    expect(focused).to_have_attribute("aria-posinset", "1")
    assert wall.page.locator("main li [tabindex='0']").count() <= 4


def test_the_viewer_goes_over_the_whole_query(wall: Desk) -> None:
    """Fault 8 of a review: it said "1 / 25" with over 2,000 pictures, those that were loaded."""
    wall.open("/gallery?type=image")
    total = httpx.get(f"{wall.url}/api/artifacts/counts", params={"artifact_type": "image"}).json()["total"]
    expect(tiles(wall).first).to_have_attribute("aria-setsize", str(total))
    wall.page.get_by_role("button", name="Open in full").first.click()
    counter = wall.page.locator(".pswp__counter")
    expect(counter).to_have_text(f"1 / {total}")
    keys = wall.page.keyboard
    for number in range(2, 6):
        keys.press("j")
        expect(counter).to_have_text(f"{number} / {total}")
    keys.press("k")
    keys.press("ArrowRight")
    keys.press("ArrowRight")
    expect(counter).to_have_text(f"6 / {total}")
    assert faults(wall.page) == []
    work = re.search(r"work=(\d+)", wall.page.url)
    assert work
    keys.press("Escape")
    expect(wall.page.locator(f"[data-key=a{work[1]}] [data-primary]")).to_be_focused()
    assert "work=" not in wall.page.url


def test_pictures_that_were_never_in_sight_are_shown(wall: Desk) -> None:
    middle = httpx.get(f"{wall.url}/api/artifacts/index", params={"artifact_type": "image"}).json()["ids"][1200]
    wall.open(f"/gallery?type=image&work={middle}")
    counter = wall.page.locator(".pswp__counter")
    expect(counter).to_have_text(re.compile(r"^1201 / "))
    for number in range(1202, 1208):
        wall.page.keyboard.press("j")
        expect(counter).to_have_text(re.compile(rf"^{number} / "))
    expect(wall.page.locator(".pswp__item[aria-hidden=false] .pswp__img").last).to_be_visible()
    wall.page.keyboard.press("Escape")
    expect(wall.page.locator(".pswp")).to_have_count(0)
    expect(wall.page.locator("main li [data-primary]:focus")).to_be_in_viewport()


def test_back_closes_the_viewer(wall: Desk) -> None:
    wall.open("/gallery?type=image")
    wall.page.get_by_role("button", name="Open in full").first.click()
    expect(wall.page.locator(".pswp__counter")).to_be_visible()
    wall.page.keyboard.press("j")
    expect(wall.page.locator(".pswp__counter")).to_contain_text("2 / ")
    wall.page.go_back()
    expect(wall.page.locator("dialog[open]")).to_have_count(0)
    expect(tiles(wall).nth(1).locator("[data-primary]")).to_be_focused()
    assert wall.page.url == f"{wall.url}/gallery?type=image"


def test_a_recipe_stands_beside_a_picture(wall: Desk) -> None:
    wall.open("/gallery?type=image")
    wall.page.get_by_role("button", name="Open in full").nth(2).click()
    wall.page.get_by_role("button", name="Recipe (I)").click()
    beside = wall.page.get_by_role("complementary", name="Recipe")
    expect(beside.get_by_role("row", name=re.compile("^Seed"))).to_be_visible()
    assert faults(wall.page) == []
    words = beside.get_by_role("heading").first.inner_text()
    wall.page.keyboard.press("j")
    expect(beside.get_by_role("heading").first).not_to_have_text(words)
    wall.page.get_by_role("button", name="Next").click()
    beside.get_by_role("link", name="Open the prompt").click()
    expect(wall.page).to_have_url(re.compile(r"/prompts/\d+$"))
    wall.page.go_back()
    expect(beside).to_be_visible()


def test_two_pictures_are_wiped_and_their_recipes_compared(wall: Desk) -> None:
    wall.open("/gallery?type=image")
    wall.page.get_by_role("button", name="Open in full").nth(2).click()
    expect(wall.page.locator(".pswp__counter")).to_contain_text("3 / ")
    wall.page.keyboard.press("c")
    compared = wall.page.get_by_role("dialog", name="Compare two pictures")
    expect(compared.get_by_role("row", name=re.compile("^Seed"))).to_be_visible()
    expect(compared.get_by_role("columnheader")).to_have_text(["Differs in", "3", "4"])
    wipe = compared.get_by_role("slider")
    wipe.focus()
    wipe.press("End")
    expect(compared.get_by_role("img", name=re.compile("^4:"))).to_have_css("clip-path", "inset(0px 0px 0px 100%)")
    assert faults(wall.page) == []
    wall.page.keyboard.press("j")
    expect(compared.get_by_role("columnheader")).to_have_text(["Differs in", "3", "5"])
    for _ in range(2):
        compared.get_by_role("button", name="Previous").click()
    expect(compared.get_by_role("columnheader")).to_have_text(["Differs in", "3", "2"])
    wall.page.keyboard.press("Escape")
    expect(compared).to_have_count(0)
    expect(wall.page.locator(".pswp__counter")).to_contain_text("3 / ")


def open_a_sound(wall: Desk) -> list[str | None]:
    """The newest of all, above the sounds of the gallery; the addresses of the first three."""
    wall.open("/gallery?type=audio")
    links = tiles(wall).get_by_role("link", name=re.compile("^rain on roof"))
    expect(links.nth(2)).to_be_visible()
    addresses = [link.get_attribute("href") for link in links.all()[:3]]
    links.first.click()
    expect(wall.dialog.get_by_role("button", name="Play").first).to_be_visible()
    return addresses


def test_an_open_prompt_goes_on_to_the_next_work_of_another(wall: Desk) -> None:
    addresses = open_a_sound(wall)
    wall.page.keyboard.press("j")
    expect(wall.page).to_have_url(f"{wall.url}{addresses[1]}")
    wall.dialog.get_by_role("button", name="Next").click()
    expect(wall.page).to_have_url(f"{wall.url}{addresses[2]}")
    wall.page.keyboard.press("k")
    expect(wall.page).to_have_url(f"{wall.url}{addresses[1]}")
    for key in "jkkjj":  # faster than the answers: none of them is forgotten
        wall.page.keyboard.press(key)
    expect(wall.page).to_have_url(f"{wall.url}{addresses[2]}")
    wall.dialog.get_by_role("button", name="Close").click()
    expect(wall.page).to_have_url(f"{wall.url}/gallery?type=audio")


def test_a_key_between_two_prompts_is_heard(wall: Desk) -> None:
    """The dialog of one is gone and that of the next is not there yet."""
    addresses = open_a_sound(wall)
    wall.page.evaluate(
        """() => {
            const watch = new MutationObserver(() => {
                if (document.querySelector('dialog[open]')) return
                watch.disconnect()
                document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: 'j', bubbles: true }))
            })
            watch.observe(document.body, { childList: true, subtree: true })
        }"""
    )
    wall.page.keyboard.press("j")
    expect(wall.page).to_have_url(f"{wall.url}{addresses[2]}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_the_wall(chromium: Browser, hung: str, scheme: str) -> None:
    phone = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
    for options in ({"viewport": {"width": 1440, "height": 900}}, phone):
        with contextmanager(window)(chromium, hung, color_scheme=scheme, **options) as desk:
            desk.open("/gallery")
            expect(desk.page.locator("main img.ready").first).to_be_visible()
            assert faults(desk.page) == []
            assert not desk.is_wider_than_its_window()
            scroll(desk, 0.7)
            assert faults(desk.page) == []
