"""
Build the site of the documentation, or show it: `python -m docs_site build`, `python -m docs_site serve [PORT]`.

`build` writes build/site and checks it; its exit status is 1 where something is wrong, which it says. `serve` shows the
site on this machine and builds it again when a page has changed.
"""

import subprocess
import sys
import threading
import tomllib
from pathlib import Path
from typing import Any, Final

from docs_site import llms, public
from docs_site.check import misplaced, problems
from docs_site.sources import ROOT, collect, page_names

PAGES: Final = ROOT / "build" / "docs"
SITE: Final = ROOT / "build" / "site"
ZENSICAL: Final = (sys.executable, "-m", "zensical")


def main(arguments: list[str]) -> int:
    """Do what *arguments* say; the exit status."""
    match arguments:
        case ["build"]:
            return build()
        case ["serve", *port]:
            return serve((port or ["8010"])[0])
        case _:
            print("python -m docs_site build | serve [PORT]", file=sys.stderr)
            return 2


def project() -> dict[str, Any]:
    """What zensical.toml says."""
    settings: dict[str, Any] = tomllib.loads((ROOT / "zensical.toml").read_text("utf-8"))["project"]
    return settings


def build() -> int:
    """Build and check; 0, or 1 if something is wrong."""
    pages, settings = collect(PAGES), project()
    nav = {name for _, _, name in llms.entries(settings["nav"])}
    found = list(misplaced(pages, nav))
    if not found:
        if subprocess.run([*ZENSICAL, "build", "--strict", "--clean"], cwd=ROOT, check=False).returncode:
            return 1
        if "site_url" not in settings:
            (SITE / "sitemap.xml").unlink()  # it would have no address
        llms.write(SITE, PAGES, settings)
        found = list(problems(SITE, pages, public.names()))
    print(*found, sep="\n", file=sys.stderr, end="\n" if found else "")
    print(f"{len(pages)} pages in {SITE.relative_to(ROOT)}; nothing in them is loaded from another host" * (not found))
    return bool(found)


def serve(port: str) -> int:
    """Show the site until Ctrl-C; 0."""
    collect(PAGES)
    ended = threading.Event()
    threading.Thread(target=follow, args=[ended], daemon=True).start()
    try:
        command = [*ZENSICAL, "serve", "--dev-addr", f"127.0.0.1:{port}"]
        return subprocess.run(command, cwd=ROOT, check=False).returncode
    except KeyboardInterrupt:
        return 0
    finally:
        ended.set()


def follow(ended: threading.Event) -> None:
    """Collect the pages again whenever one of them has changed, until *ended* is set."""
    seen = changed()
    while not ended.wait(1):
        if (now := changed()) != seen:
            seen = now
            collect(PAGES)


def changed() -> dict[str, float]:
    """When each file behind a page was written."""
    files: list[Path] = [ROOT / name for name in page_names()]
    return {str(path): path.stat().st_mtime for path in files}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
