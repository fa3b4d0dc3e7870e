"""Names of files as clients of ComfyUI send them."""

from sqlalchemy import delete

from musings.files.media_root import MediaRoot
from musings.store.database import Database
from musings.store.gallery import comfyui_files
from musings.store.tables import uploads
from tests.musings.store.gallery.sending import send


def test_the_same_name_for_the_same_bytes_and_another_for_others(database: Database, media_root: MediaRoot) -> None:
    one, two, three = (send(database, media_root, content) for content in (b"one", b"two", b"three"))
    keep = comfyui_files.keep
    assert [database.writing(keep, "", "u.png", each) for each in (one, one, two, three, two)] == [
        "u.png",
        "u.png",
        "u (1).png",
        "u (2).png",
        "u (1).png",
    ]
    assert database.writing(keep, "folder", "u.png", two) == "u.png"
    names = (("", "u.png"), ("", "u (1).png"), ("folder", "u.png"))
    assert [database.reading(comfyui_files.find, *where) for where in names] == [one, two, two]
    assert database.reading(comfyui_files.find, "", "v.png") is None


def test_a_name_can_be_given_to_another_file(database: Database, media_root: MediaRoot) -> None:
    one, two = (send(database, media_root, content) for content in (b"one", b"two"))
    database.writing(comfyui_files.keep, "", "u.png", one)
    with database.write() as connection:
        assert comfyui_files.keep(connection, "", "u.png", two, overwrite=True) == "u.png"
    assert database.reading(comfyui_files.find, "", "u.png") == two


def test_a_name_goes_with_its_file(database: Database, media_root: MediaRoot) -> None:
    one = send(database, media_root, b"one")
    database.writing(comfyui_files.keep, "", "u.png", one)
    with database.write() as connection:
        connection.execute(delete(uploads))
    assert database.reading(comfyui_files.find, "", "u.png") is None
