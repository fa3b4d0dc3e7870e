"""A feed with everything in it that is hard to write down."""

from datetime import UTC, datetime

from musings.feeds.values import Feed, FeedEntry, FeedFile

WHEN = datetime(2026, 11, 28, 10, 15, tzinfo=UTC)
ODD = 'a <fox> & "hound" ]]> \x00\x08\x1b\ufffe\ud800 \U0001f98a é'
ODD_AS_READ = 'a <fox> & "hound" ]]>  \U0001f98a é'


def entry(number: int, *files: FeedFile, **more: object) -> FeedEntry:
    given = {"title": f"Title {ODD}", "words": ODD, "text": f"One {ODD}\n\nTwo", "published": WHEN, **more}
    uid = f"urn:uuid:00000000-0000-4000-8000-{number:012d}"
    return FeedEntry(uid=uid, files=files, **given)  # type: ignore[arg-type]


def feed(*entries: FeedEntry) -> Feed:
    return Feed(
        uid="urn:uuid:00000000-0000-4000-8000-ffffffffffff",
        title=f"Musings: {ODD}",
        url="https://studio.example/feeds/mus_x.atom",
        home="https://studio.example/",
        icon="https://studio.example/icon-512.png",
        updated=WHEN,
        entries=entries,
    )


SONG = FeedFile("https://studio.example/feeds/mus_x/file/7.flac", "audio/flac", 1234, 61.4)
PICTURE = FeedFile("https://studio.example/feeds/mus_x/file/8.png", "image/png", 99)
FULL = feed(
    entry(1, SONG, PICTURE, cover="https://studio.example/feeds/mus_x/preview/8?a=1&b=2"),
    entry(2, SONG, SONG),
    entry(3, PICTURE, text=None),
)
