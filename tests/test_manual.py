"""The manual page's option list is the option table's.

    python3 tests/test_manual.py     writes the list anew (needs a build, see LABTAB_BUILD)
"""

import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from support.daemon import TOP, run  # noqa: E402

PAGE = TOP / "docs" / "labtabd.8"
BEGIN = '.\\" options: begin\n'
END = '.\\" options: end\n'


def escape(text):
    """As roff text: no line may begin with a dot, hyphens are minus signs, backslashes are doubled."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return re.sub(r"^([.'])", r"\\&\1", text, flags=re.MULTILINE)


def option_list():
    shown = run("--help").stdout
    options = shown[shown.index("\n\n") + 2:]
    return f"{BEGIN}.Bd -literal\n{escape(options)}.Ed\n{END}"


def with_options(page):
    start = page.index(BEGIN)
    return page[:start] + option_list() + page[page.index(END) + len(END):]


def test_manual_lists_the_options():
    page = PAGE.read_text(encoding="utf-8")
    assert "\\-\\-listen\\-port" in page
    assert page == with_options(page), f"run {pathlib.Path(__file__).name} to write the list anew"


if __name__ == "__main__":
    PAGE.write_text(with_options(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
