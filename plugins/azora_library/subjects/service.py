"""The operations on the tree of categories."""

from azora import Service, on_event, operation
from azora.errors import Conflict, FieldError, Invalid
from azora_library.catalogue.access import MANAGE, see, visible
from azora_library.catalogue.rows import card, listed
from azora_library.discovery import query, search
from azora_library.discovery.contracts import SearchResources
from azora_library.discovery.selection import Subject
from azora_library.subjects import contracts, counting, retiring, tree
from azora_library.subjects.models import CategoryRow


class Browsing(Service):
    """Finding one's way through the tree."""

    @operation("GET /categories", public=True)
    def list_categories(self, request: contracts.ListCategories) -> contracts.Categories:
        """List the categories that hold something, and how much"""
        found = counting.used(self.hosted.database, self.actor_or_none)
        return contracts.Categories(items=found)

    @operation("GET /categories/tree", public=True)
    def browse_categories(self, request: contracts.BrowseCategories) -> contracts.Branch:
        """Look at one category, the way to it and what is below; without an id, at the top"""
        database, actor = self.hosted.database, self.actor_or_none
        if request.id is None:
            return contracts.Branch(category=None, path=[], below=counting.top(database, actor))
        row = tree.find(request.id)
        *path, here = counting.path(database, actor, row.id)
        return contracts.Branch(
            category=here, path=path, below=counting.below(database, actor, row.id)
        )

    @operation("GET /resources/{id}/categories", public=True)
    def list_way(self, request: contracts.WayTo) -> contracts.Way:
        """List the category of a resource and those above it, from the top"""
        database, actor = self.hosted.database, self.actor_or_none
        number = see(database, request.id, actor, request.token).number
        found = database.execute(
            "SELECT c.id FROM library_resource AS r JOIN library_category AS c ON c.name = r.category "
            "WHERE r.number = ? AND NOT c.retired",
            number,
        )
        return contracts.Way(items=counting.path(database, actor, found[0][0]) if found else [])

    @operation("GET /categories/{id}/resources", public=True, timeout=10)
    def list_category(self, request: contracts.ListCategory) -> contracts.CategoryResources:
        """List what stands in a category or below it, the newest first"""
        row = tree.find(request.id)
        asked = SearchResources(
            category=[row.name], limit=request.limit, cursor=request.cursor, sort="newest"
        )
        actor = self.actor_or_none
        subject = Subject(self.hosted.database, asked, query.read(""), visible(actor))
        page = search.page(subject, asked)
        cards = [card(one) for one in listed(page.numbers)]
        return contracts.CategoryResources(items=cards, next=page.next)


class Categories(Service):
    """Changing the tree. Everybody else waits: two moves at once could make a circle."""

    @operation("POST /categories", permission=MANAGE)
    def add_category(self, request: contracts.AddCategory) -> contracts.Category:
        """Add a category, at the top or below another"""
        database = self.hosted.database
        with self.transaction():
            tree.alone(database)
            self._new_name(request.name)
            parent = tree.find(request.parent) if request.parent else None
            said = {"notation": request.notation, "labels": request.labels}
            row = tree.add(database, request.name, parent, **said)
        return self._shown(row)

    @operation("PATCH /categories/{id}", permission=MANAGE)
    def update_category(self, request: contracts.UpdateCategory) -> contracts.Category:
        """Rename a category, number it, or say its names in other languages"""
        with self.transaction():
            tree.alone(self.hosted.database)
            row = tree.find(request.id)
            for name in ("notation", "labels"):
                if (value := getattr(request, name)) is not None:
                    setattr(row, name, value)
            row.save(only=[CategoryRow.notation, CategoryRow.labels])
            if request.name is not None and request.name != row.name:
                row = self._rename(row, request.name)
        return self._shown(row)

    @operation("POST /categories/{id}/move", permission=MANAGE, idempotent=True)
    def move_category(self, request: contracts.MoveCategory) -> contracts.Category:
        """Move a category with all that is below it"""
        database = self.hosted.database
        with self.transaction():
            tree.alone(database)
            row = tree.find(request.id)
            parent = tree.find(request.parent) if request.parent else None
            tree.place(database, row, parent)
        return self._shown(row)

    @operation("POST /categories/{id}/merge", permission=MANAGE)
    def merge_categories(self, request: contracts.MergeCategories) -> contracts.Category:
        """Merge a category into another, which gets its resources and what is below it"""
        database = self.hosted.database
        with self.transaction():
            tree.alone(database)
            row, into = tree.find(request.id), tree.find(request.into)
            if row.id == into.id:
                raise _wrong("into", "library.category_cycle", "Choose another category.")
            if into.id in {one.id for one in tree.below(database, row)}:
                tree.place(database, into, self._above(row))
            for child in tree.children(row):
                tree.place(database, child, into)
            retiring.retire_category(self.hosted, row, into, self.actor.id)
        return self._shown(into)

    @operation("DELETE /categories/{id}", permission=MANAGE)
    def remove_category(self, request: contracts.RemoveCategory) -> None:
        """Remove a category; its resources go where you say, and stay in the library"""
        database = self.hosted.database
        with self.transaction():
            tree.alone(database)
            row = tree.find(request.id)
            above = self._above(row)
            going = [*tree.below(database, row), row] if request.branch else [row]
            heir = self._heir(request, above, {one.id for one in going})
            for child in tree.children(row) if not request.branch else ():
                tree.place(database, child, above)
            for one in going:
                retiring.retire_category(self.hosted, one, heir, self.actor.id)

    def _rename(self, row: CategoryRow, name: str) -> CategoryRow:
        """The category under its new name: its id and place go with it, its resources follow."""
        database = self.hosted.database
        self._new_name(name, but=row.id)
        parent = self._above(row)
        said = {"notation": row.notation, "labels": row.labels}
        new = tree.add(database, name, parent, **said)
        for child in tree.children(row):
            if child.id != new.id:
                tree.place(database, child, new)
        tree.swap_ids(database, row, new)
        retiring.retire_category(self.hosted, row, new, self.actor.id)
        return new

    def _new_name(self, name: str, but: str = "") -> None:
        """Raise Conflict where another category is called the same, however it is written."""
        same = (CategoryRow.sort_key == tree.sort_key(name)) | (CategoryRow.name == name)
        for row in CategoryRow.select().where(
            same & (CategoryRow.id != but) & ~CategoryRow.retired
        ):
            if row.name.casefold() == name.casefold():
                raise Conflict(
                    f"There is a category {row.name} already. Take a name that tells them apart.",
                    code="library.category_exists",
                )
        retiring.free("category", name)
        if CategoryRow.get_or_none((CategoryRow.name == name) & CategoryRow.retired):
            raise Conflict(
                f"What was called {name} is still being counted. Try again in a moment.",
                code="library.term_is_moving",
            )

    def _above(self, row: CategoryRow) -> CategoryRow | None:
        return tree.find(row.parent) if row.parent else None

    def _heir(
        self, request: contracts.RemoveCategory, above: CategoryRow | None, going: set[str]
    ) -> CategoryRow | None:
        """Where the resources of a removed category go."""
        if request.resources_to != "other":
            return above if request.resources_to == "above" else None
        heir = tree.find(request.other) if request.other else None
        if heir is None or heir.id in going:
            raise _wrong("other", "missing", "Choose a category that remains.")
        return heir

    def _shown(self, row: CategoryRow) -> contracts.Category:
        return counting.path(self.hosted.database, self.actor, row.id)[-1]


class Moving(Service):
    """The work behind: resources follow their categories and tags to new names."""

    @on_event("library.term_retired", timeout=60)
    def move_some(self, event: contracts.TermRetired) -> None:
        if event.done:
            return
        with self.transaction():
            retiring.move_some(self.hosted, event.kind, event.name)

    @operation("GET /moves", permission=MANAGE)
    def list_moves(self, request: contracts.ListMoves) -> contracts.Moves:
        """List the categories and tags whose resources are being moved"""
        found, following = retiring.under_way(request)
        return contracts.Moves(items=found, next=following)

    @operation("POST /moves/resume", permission=MANAGE, http=False, timeout=120)
    def resume_moves(self, request: contracts.ResumeMoves) -> contracts.MovesResumed:
        """Go on with what stands still, and with what came in under an earlier name"""
        with self.transaction():
            return contracts.MovesResumed(resumed=retiring.resume(self.hosted))


def _wrong(field: str, code: str, words: str) -> Invalid:
    problem = FieldError(field=field, code=code, detail=words)
    return Invalid("Some fields are not right.", code=code, fields=[problem])
