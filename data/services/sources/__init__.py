"""Sources: the files and written answers of a project, what becomes of them, and what was found in them."""

from data.services.sources.answers import ANSWER_LIMIT, QUESTION_LIMIT, change_answer, write_answer
from data.services.sources.files import Added, NameTaken, add_file, expect_file, read_again, replace_file
from data.services.sources.looking import (
    PASSAGES,
    PORTION,
    Passages,
    SourceRow,
    Sources,
    SourceView,
    Totals,
    get,
    passages_of,
    portion,
    totals,
    would_find,
)
from data.services.sources.naming import ACCEPTED, MEDIA
from data.services.sources.standing import SOURCE_LIMIT
from data.services.sources.switching import remove, switch_off, switch_on
