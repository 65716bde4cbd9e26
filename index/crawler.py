"""Visiting many pages politely: what robots.txt asks for is heeded, and no host is hurried."""

import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from index.fetch import Access, Fetched, FetchError, fetch, user_agent

DEFAULT_LIMIT = 100
if TYPE_CHECKING:
    from urllib.robotparser import RobotFileParser

_ROBOTS_BYTES = 500 * 1024  # of the file are heeded (RFC 9309, 2.5)
_LONGEST_DELAY = 10.0  # seconds; some hosts ask for hours


class Crawler:
    """Fetches the pages that feeds and sitemaps lead to.

    Attributes:
        access: What may be fetched, and how.
    """

    def __init__(self, access: Access | None = None) -> None:
        """Start without knowing any host."""
        self.access = access or Access()
        self._robots: dict[str, RobotFileParser] = {}
        self._visited: dict[str, float] = {}

    @property
    def limit(self) -> int:
        """How many links of one feed or sitemap are followed at most."""
        return DEFAULT_LIMIT if self.access.limit is None else self.access.limit

    def fetch(self, url: str) -> Fetched:
        """Fetch what the user named.

        Raises:
            FetchError: See `fetch`.
        """
        fetched = fetch(url, self.access)
        if fetched is None:
            raise FetchError(url, "the server answered that nothing has changed, which was not asked")
        return fetched

    def visit(self, url: str) -> Fetched:
        """Fetch what something fetched leads to, if its host allows that, after the delay it is due.

        Raises:
            FetchError: robots.txt forbids it, or see `fetch`.
        """
        parts = urlsplit(url)
        delay = self.access.delay
        if self.access.robots:
            robots = self._robots_of(f"{parts.scheme}://{parts.netloc}")
            if not robots.can_fetch(user_agent(), url):
                raise FetchError(url, f"robots.txt of {parts.hostname} asks programs not to fetch it")
            asked = robots.crawl_delay(user_agent())
            delay = max(delay, min(float(asked or 0), _LONGEST_DELAY))
        self._wait(parts.netloc, delay)
        return self.fetch(url)

    def skips(self, url: str, updated: str | None) -> bool:
        """Tell whether the caller does not want an article."""
        return self.access.skip is not None and self.access.skip(url, updated)

    def _robots_of(self, origin: str) -> "RobotFileParser":
        from urllib.robotparser import RobotFileParser

        if origin not in self._robots:
            robots = RobotFileParser()
            try:
                data = self.fetch(f"{origin}/robots.txt").data[:_ROBOTS_BYTES]
                robots.parse(data.decode("utf-8-sig", errors="replace").splitlines())
            except FetchError as error:
                # RFC 9309, 2.3.1: without a file all is allowed, with a broken server nothing is. A host that
                # cannot be reached at all says so itself when the page is fetched.
                broken = error.status is not None and error.status >= 500
                robots.parse(["User-agent: *", "Disallow: /" if broken else "Disallow:"])
            self._robots[origin] = robots
        return self._robots[origin]

    def _wait(self, host: str, delay: float) -> None:
        due = self._visited.get(host, float("-inf")) + delay
        time.sleep(max(0.0, due - time.monotonic()))
        self._visited[host] = time.monotonic()
