"""The process that reads a PDF: `python -m azora_library.reading.pdfium text|picture FILE PAGE [WIDTH]`.

It limits itself before it opens anything; what it finds goes to its output.
"""

import io
import json
import resource
import sys

MEMORY = 1_500_000_000
CPU_SECONDS = 15
MOST_TEXT = 200_000


def main(what: str, path: str, number: str, width: str = "0") -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(path)
        if not 1 <= int(number) <= len(document):
            sys.stderr.write(f"The document has {len(document)} pages.\n")
            return 2
        page = document[int(number) - 1]
        output = _text(document, page) if what == "text" else _picture(page, int(width))
    except (pypdfium2.PdfiumError, MemoryError) as error:
        sys.stderr.write(f"The file is not a whole PDF: {error}\n")
        return 2
    sys.stdout.buffer.write(output)
    return 0


def _text(document, page) -> bytes:  # type: ignore[no-untyped-def]
    words = page.get_textpage().get_text_bounded()[:MOST_TEXT]
    return json.dumps({"pages": len(document), "text": words}).encode()


def _picture(page, width: int) -> bytes:  # type: ignore[no-untyped-def]
    across, down = page.get_size()
    scale = min(width / max(across, 1), 4 * width / max(down, 1))
    output = io.BytesIO()
    page.render(scale=scale).to_pil().convert("RGB").save(output, "WEBP", quality=70)
    return output.getvalue()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
