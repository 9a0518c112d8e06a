"""A small catalogue for a new campus: works that are free in South Africa, and open textbooks.

Facts only, written for this project.
"""

from typing import TYPE_CHECKING, Any

from azora.demo import DemoRemoved, KeptDemo, Touched
from azora_library.catalogue.models import ResourceRow
from azora_library.catalogue.rows import Catalogue
from azora_library.exchange.contracts import CatalogueRecord, ImportRecords
from azora_library.exchange.intake import Intake
from azora_library.subjects.models import CategoryRow

if TYPE_CHECKING:
    from azora.hosted import HostedPlugin

SOURCE = "azora-demo"
LITERATURE, HISTORY = "Literature", "History and geography"
SCIENCE, SOCIETY, PHILOSOPHY = "Science", "Society", "Philosophy and psychology"
TECHNOLOGY, COMPUTING, LANGUAGE = "Technology", "Computing and general works", "Language"

# key, title, authors, year, language, category, tags, about
BOOKS: tuple[tuple[str, str, str, int, str, str, str, str], ...] = (
    ("mhudi", "Mhudi", "Sol T. Plaatje", 1930, "en", LITERATURE, "Novels, South Africa",
     "A love story among the Barolong during the wars of the 1830s; one of the first novels in English by a Black South African."),
    ("native-life", "Native Life in South Africa", "Sol T. Plaatje", 1916, "en", HISTORY, "South Africa, Land",
     "What the Natives' Land Act of 1913 did to those whom it drove from the land, told by a witness who rode out to see."),
    ("sechuana-proverbs", "Sechuana Proverbs with Literal Translations", "Sol T. Plaatje", 1916, "tn", LANGUAGE, "Setswana, Proverbs",
     "More than seven hundred Setswana proverbs beside their English and European counterparts."),
    ("chaka", "Chaka", "Thomas Mofolo", 1925, "st", LITERATURE, "Novels, Lesotho",
     "A novel in Sesotho on the rise and ruin of the Zulu king, as a tragedy of ambition."),
    ("moeti-oa-bochabela", "Moeti oa Bochabela", "Thomas Mofolo", 1907, "st", LITERATURE, "Novels, Lesotho",
     "The traveller of the east: the first novel published in Sesotho."),
    ("insila-kashaka", "Insila kaShaka", "John L. Dube", 1930, "zu", LITERATURE, "Novels, isiZulu",
     "Jeqe, the body servant of King Shaka: the first novel published in isiZulu."),
    ("inzuzo", "Inzuzo", "S. E. K. Mqhayi", 1943, "xh", LITERATURE, "Poetry, isiXhosa",
     "Poems by the imbongi yesizwe, the poet of the nation."),
    ("ityala-lamawele", "Ityala Lamawele", "S. E. K. Mqhayi", 1914, "xh", LITERATURE, "Novels, isiXhosa, Law",
     "The lawsuit of the twins: which of two brothers is the elder, argued before a Xhosa court."),
    ("african-farm", "The Story of an African Farm", "Olive Schreiner", 1883, "en", LITERATURE, "Novels, South Africa",
     "Three children grow up in the Karoo and ask questions that their elders will not answer."),
    ("woman-and-labour", "Woman and Labour", "Olive Schreiner", 1911, "en", SOCIETY, "Women, Work",
     "An argument that women must have their share of honoured and useful work."),
    ("interesting-narrative", "The Interesting Narrative of the Life of Olaudah Equiano", "Olaudah Equiano", 1789, "en", HISTORY, "Slavery, Autobiography",
     "The life of a man who was enslaved as a boy, bought his freedom and helped to end the trade."),
    ("ethiopia-unbound", "Ethiopia Unbound", "J. E. Casely Hayford", 1911, "en", LITERATURE, "Novels, Ghana",
     "Studies in race emancipation, in the form of a novel set in the Gold Coast and London."),
    ("history-yorubas", "The History of the Yorubas", "Samuel Johnson", 1921, "en", HISTORY, "Nigeria, Yoruba",
     "From the earliest times to the beginning of the British protectorate, gathered from those who remembered."),
    ("souls-black-folk", "The Souls of Black Folk", "W. E. B. Du Bois", 1903, "en", SOCIETY, "Essays, Race",
     "Fourteen essays on the problem of the colour line."),
    ("narrative-douglass", "Narrative of the Life of Frederick Douglass", "Frederick Douglass", 1845, "en", HISTORY, "Slavery, Autobiography",
     "How a man who was taught that he was property taught himself to read, and left."),
    ("up-from-slavery", "Up from Slavery", "Booker T. Washington", 1901, "en", HISTORY, "Education, Autobiography",
     "From a cabin in Virginia to the building of the Tuskegee Institute."),
    ("batouala", "Batouala", "René Maran", 1921, "fr", LITERATURE, "Novels, Central Africa",
     "Life in a village of Ubangi-Shari under colonial rule; the first book by a Black author to win the Prix Goncourt."),
    ("abeokuta", "Abeokuta and the Camaroons Mountains", "Richard F. Burton", 1863, "en", HISTORY, "Nigeria, Travel",
     "An account of a journey, to be read with its author's prejudices in view."),
    ("travels-kingsley", "Travels in West Africa", "Mary H. Kingsley", 1897, "en", HISTORY, "Travel, West Africa",
     "Fish, rivers and traders between Sierra Leone and Gabon."),
    ("utulasizwe", "uTulasizwe", "James Stuart", 1923, "zu", LANGUAGE, "isiZulu, Readers",
     "A reader of stories and history in isiZulu, written down from those who told them."),
    ("origin-species", "On the Origin of Species", "Charles Darwin", 1859, "en", SCIENCE, "Biology, Evolution",
     "Natural selection, and the preservation of favoured races in the struggle for life."),
    ("relativity", "Relativity: The Special and the General Theory", "Albert Einstein", 1916, "en", SCIENCE, "Physics",
     "The theory explained by its author to readers without higher mathematics."),
    ("elements", "Elements", "Euclid", -300, "el", SCIENCE, "Mathematics, Geometry",
     "Thirteen books of geometry and number, each step resting on the one before."),
    ("calculus-made-easy", "Calculus Made Easy", "Silvanus P. Thompson", 1910, "en", SCIENCE, "Mathematics, Textbooks",
     "What one fool can do, another can: differentials and integrals without fear."),
    ("opticks", "Opticks", "Isaac Newton", 1704, "en", SCIENCE, "Physics, Light",
     "A treatise of the reflections, refractions, inflections and colours of light."),
    ("republic", "Republic", "Plato", -375, "el", PHILOSOPHY, "Justice, State",
     "A dialogue on what justice is, and whether it pays."),
    ("meditations", "Meditations", "Marcus Aurelius", 180, "el", PHILOSOPHY, "Ethics, Stoicism",
     "Notes of an emperor to himself on how to live."),
    ("art-of-war", "The Art of War", "Sun Tzu", -500, "zh", PHILOSOPHY, "Strategy",
     "Thirteen chapters on winning, best of all without fighting."),
    ("wealth-of-nations", "The Wealth of Nations", "Adam Smith", 1776, "en", SOCIETY, "Economics",
     "An inquiry into its nature and causes: labour, markets and their limits."),
    ("rights-of-woman", "A Vindication of the Rights of Woman", "Mary Wollstonecraft", 1792, "en", SOCIETY, "Women, Education",
     "That women are not by nature lesser, but are made so by want of education."),
    ("utopia", "Utopia", "Thomas More", 1516, "la", SOCIETY, "State, Satire",
     "An island where nothing is owned, described by a traveller who may be pulling our leg."),
    ("pride-prejudice", "Pride and Prejudice", "Jane Austen", 1813, "en", LITERATURE, "Novels",
     "Elizabeth Bennet and Mr Darcy misjudge one another, and are corrected."),
    ("frankenstein", "Frankenstein; or, The Modern Prometheus", "Mary Shelley", 1818, "en", LITERATURE, "Novels, Science",
     "A student makes a living being and will not answer for it."),
    ("don-quijote", "Don Quijote de la Mancha", "Miguel de Cervantes", 1605, "es", LITERATURE, "Novels, Satire",
     "A gentleman who read too many romances rides out to put the world right."),
    ("hamlet", "Hamlet", "William Shakespeare", 1603, "en", LITERATURE, "Drama",
     "The prince of Denmark is told by a ghost what he half knew."),
    ("gitanjali", "Gitanjali", "Rabindranath Tagore", 1912, "en", LITERATURE, "Poetry, India",
     "Song offerings, put into English by their poet."),
    ("notes-nursing", "Notes on Nursing", "Florence Nightingale", 1859, "en", TECHNOLOGY, "Health, Nursing",
     "Air, light, cleanliness and quiet: what nursing is, and what it is not."),
    ("sidereus-nuncius", "Sidereus Nuncius", "Galileo Galilei", 1610, "la", SCIENCE, "Astronomy",
     "What the telescope showed: mountains on the Moon and four companions of Jupiter."),
)  # fmt: skip

# key, title, authors, year, type, category, tags, link, about
OPEN: tuple[tuple[str, str, str, int, str, str, str, str, str], ...] = (
    ("lovelace-notes", "Sketch of the Analytical Engine, with Notes by the Translator", "Luigi F. Menabrea; Ada Lovelace", 1843, "ARTICLE",
     COMPUTING, "Computing, History of science", "", "The notes, longer than the article, hold what is called the first program."),
    ("boole-laws", "An Investigation of the Laws of Thought", "George Boole", 1854, "BOOK",
     COMPUTING, "Logic, Mathematics", "", "Logic as algebra."),
    ("openstax-physics", "University Physics, Volume 1", "Samuel J. Ling; Jeff Sanny; William Moebs", 2016, "BOOK",
     SCIENCE, "Physics, Textbooks, Open textbooks", "https://openstax.org/details/books/university-physics-volume-1",
     "An open textbook of mechanics, waves and sound (CC BY 4.0)."),
    ("openstax-biology", "Biology 2e", "Mary Ann Clark; Matthew Douglas; Jung Choi", 2018, "BOOK",
     SCIENCE, "Biology, Textbooks, Open textbooks", "https://openstax.org/details/books/biology-2e",
     "An open textbook for two semesters (CC BY 4.0)."),
    ("openstax-statistics", "Introductory Statistics", "Barbara Illowsky; Susan Dean", 2013, "BOOK",
     SCIENCE, "Statistics, Textbooks, Open textbooks", "https://openstax.org/details/books/introductory-statistics",
     "An open textbook for readers outside mathematics (CC BY 4.0)."),
    ("voyage-lune", "Le Voyage dans la Lune", "Georges Méliès", 1902, "VIDEO",
     "Arts", "Film, Science fiction", "", "Astronomers are shot to the Moon and come back with proof. A silent film of thirteen minutes."),
    ("freedom-charter", "The Freedom Charter", "Congress of the People", 1955, "DOCUMENT",
     SOCIETY, "South Africa, Rights", "", "Adopted at Kliptown: the people shall govern."),
    ("udhr", "Universal Declaration of Human Rights", "United Nations General Assembly", 1948, "DOCUMENT",
     SOCIETY, "Rights, Law", "https://www.un.org/en/about-us/universal-declaration-of-human-rights",
     "Thirty articles on what is due to everyone."),
)  # fmt: skip


def seed(plugin: "HostedPlugin") -> None:
    """Fill a library that has never held anything, where the settings want it."""
    if not plugin.settings.demo or ResourceRow.select().exists() or CategoryRow.select().exists():
        return
    add(plugin)


def add(plugin: "HostedPlugin") -> list[str]:
    """Put in the works that are not there; their titles."""
    records = {values["key"]: CatalogueRecord(**values) for values in works()}
    batch = ImportRecords(source=SOURCE, records=list(records.values()))
    added = []
    for outcome in Intake(plugin, batch).outcomes():
        if outcome.outcome == "refused":
            plugin.log.warning("demo_work_refused", key=outcome.key, reason=outcome.reason)
        elif outcome.outcome == "added":
            added.append(records[outcome.key].title)
    return added


def remove(plugin: "HostedPlugin", *, dry_run: bool) -> DemoRemoved:
    """Take out the works that nobody changed or added to; what stays, and why."""
    done = DemoRemoved(removed=[], kept=[])
    works = ResourceRow.select().where(ResourceRow.source.startswith(f"{SOURCE}:"))
    for work in list(works.order_by(ResourceRow.id)):
        why = _touched(work) if dry_run else _take_out(plugin, work.id)
        if why:
            done.kept.append(KeptDemo(name=work.title, why=why))
        else:
            done.removed.append(work.title)
    return done


def _take_out(plugin: "HostedPlugin", id: str) -> Touched | None:
    """Take out one work, unless somebody touched it: then what they did."""
    with plugin.transaction():
        catalogue = Catalogue(plugin)
        row = catalogue.take(id, None)
        why = _touched(row)
        if why is None:
            catalogue.remove(row)
        return why


def _touched(row: ResourceRow) -> Touched | None:
    """What somebody did to a work. Rows of other tables that name it are what people added."""
    if row.revision > 1:
        return "changed"
    added = (key.model.get_or_none(key == row.number) for key in ResourceRow._meta.backrefs)
    return "added_to" if row.file_digest or any(added) else None


def works() -> list[dict[str, Any]]:
    """Every work of the demo catalogue as the values of a record."""
    books = [
        _work(key, title, authors, year, category, tags, about)
        | {"type": "BOOK", "language": language}
        for key, title, authors, year, language, category, tags, about in BOOKS
    ]
    others = [
        _work(key, title, authors, year, category, tags, about)
        | {"type": kind, "language": "fr" if kind == "VIDEO" else "en", "link": link or None}
        for key, title, authors, year, kind, category, tags, link, about in OPEN
    ]
    return books + others


def _work(
    key: str, title: str, authors: str, year: int, category: str, tags: str, about: str
) -> dict[str, Any]:
    return {
        "key": key,
        "title": title,
        "authors": authors.split("; "),
        "year": year,
        "category": category,
        "tags": tags.split(", "),
        "content": about,
    }
