"""How does one benchmark write its section of docs/performance.md and leave the others' alone?"""

from __future__ import annotations

import re
from pathlib import Path

PAGE = Path(__file__).parent.parent / "docs" / "performance.md"

BEGIN, END = "<!-- {name} -->\n", "<!-- end of {name} -->\n"


def write_section(name: str, text: str, page: Path = PAGE) -> None:
    """Put a section in the place of its former self, or at the end of the page.

    Args:
        name: of the benchmark: "logs". It stands in the marks around the section.
        text: Markdown that begins with a heading of the second level.
        page: where; docs/performance.md.
    """
    begin, end = BEGIN.format(name=name), END.format(name=name)
    section = f"{begin}\n{text.strip()}\n\n{end}"
    before = page.read_text(encoding="utf-8")
    pattern = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
    if pattern.search(before):
        after = pattern.sub(lambda _: section, before)
    else:
        after = f"{before.rstrip()}\n\n{section}"
    page.write_text(after, encoding="utf-8")
