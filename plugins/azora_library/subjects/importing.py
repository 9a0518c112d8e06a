"""Taking in a classification: a file becomes a part of the tree."""

from azora import Service, operation
from azora.threads import in_thread
from azora_library.catalogue.access import MANAGE
from azora_library.subjects import classification, hanging, tree
from azora_library.subjects.contracts import ClassificationImported, ImportClassification

LARGEST = 20_000_000


class Classifications(Service):
    @operation(
        "POST /categories/import",
        permission=MANAGE,
        max_body=LARGEST,
        timeout=300,
        concurrency=1,
        audited="act",
    )
    def import_classification(self, request: ImportClassification) -> ClassificationImported:
        """Take in a classification such as Dewey's or UDC's, from CSV or SKOS"""
        if request.file.size > LARGEST:
            raise classification.unreadable(f"The file is larger than {LARGEST:,} bytes.")
        content = b"".join(self.files.open(request.file))
        nodes = in_thread(classification.read, content, request.language)
        under = tree.find(request.parent) if request.parent else None
        return hanging.hang(self.hosted, nodes, under)
