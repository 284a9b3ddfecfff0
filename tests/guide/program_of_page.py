"""Makes a program of a page of the guide: of its blocks of one language, in their order.

usage: program_of_page.py PAGE LANGUAGE OUT
  cpp   lines of #include come first, everything else is in main
  c     a function that is called with no events, in a program that has `fail`
  sh    a script that stops at the first error
"""

import pathlib
import re
import sys

C_PROGRAM = """#include <cartwheel.h>
#include <stdio.h>

static int fail(const char* text) {{
  fprintf(stderr, "error: %s\\n", text);
  return 1;
}}

static int page(const cartwheel_event* events, size_t event_count) {{
{0}  return 0;
}}

int main(void) {{ return page(NULL, 0); }}
"""


def main():
    page, language, out = sys.argv[1:]
    text = "".join(re.findall(rf"^```{language}\n(.*?)^```$", pathlib.Path(page).read_text(), re.S | re.M))
    if not text:
        sys.exit(f"{page} has no block of {language}")
    if language == "cpp":
        lines = text.splitlines(keepends=True)
        included = [line for line in lines if line.startswith("#include")]
        body = [line for line in lines if not line.startswith("#include")]
        text = "".join(included) + "\nint main() {\n" + "".join(body) + "}\n"
    elif language == "c":
        text = C_PROGRAM.format(text)
    else:
        text = "set -eux\n" + text
    target = pathlib.Path(out)
    if not target.exists() or target.read_text() != text:
        target.write_text(text)


if __name__ == "__main__":
    main()
