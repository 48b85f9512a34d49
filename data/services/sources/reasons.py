"""Why a file could not be read, in words for whoever added it: what is wrong, and what they can do about it."""

from data.integrations.reader.documents import COLUMNS, PAGES, ROWS, Reason

SENTENCES: dict[str, str] = {
    Reason.EMPTY: 'The file is empty: it has 0 bytes. Choose it again, or the one that was meant.',
    Reason.NO_PDF: 'It ends in .pdf, but it is no PDF. Open it where it was made, and save it as a PDF.',
    Reason.NO_DOCX: 'It ends in .docx, but it is no Word document. Open it in Word, and save it as .docx or as a PDF.',
    Reason.NO_TEXT_FILE: 'It is no text: what is in it are bytes of another kind of file. Give it its right ending, or '
    'save it as text.',
    Reason.OLD_WORD: 'It is a Word document of the kind before 2007 (.doc). Save it as .docx or as a PDF.',
    Reason.ENCRYPTED: 'It is protected by a password. Save a copy without one, and add that.',
    Reason.CUT: 'It ends in the middle: the rest was lost on the way. Fetch or save it again, and add it anew.',
    Reason.BROKEN: 'It is damaged and can’t be opened. Save it again where it was made, and add it anew.',
    Reason.SCAN: 'Its pages are pictures without text, as a scanner makes them. Have the text recognized (OCR), and '
    'add what comes out.',
    Reason.NOTHING: 'There is no text in it.',
    Reason.GARBLED: 'Its letters can’t be told: the fonts in it do not say what they stand for. Save it as a PDF from '
    'another program, or as text.',
    Reason.ENCODING: 'Its letters can’t be told. Save it with the encoding UTF-8.',
    Reason.DEFINITIONS: 'There are definitions in it that no Word document has, so it was not opened. Save it again in '
    'Word.',
    Reason.UNPACKED: 'Unpacked, it is larger than 100 MB. Take pictures out, or split it.',
    Reason.PAGES: f'It has more than {PAGES} pages. Split it into several files.',
    Reason.CHARACTERS: 'It has more than 2 million letters of text. Split it into several files.',
    Reason.ROWS: f'It has more than {ROWS:,} rows. Split it into several files, each with the row of headings.',
    Reason.COLUMNS: f'It has more than {COLUMNS} columns. Keep those that answer questions.',
    Reason.PIECES: 'It is made of too many small pieces, more than 20,000. Split it into several files.',
    Reason.SLOW: 'It took more than a minute to read. Split it, or save it again in a simpler form.',
    Reason.MEMORY: 'It needs more memory than a file may have, 512 MB. Split it, or take pictures out.',
    Reason.CRASHED: 'It could not be read, in several tries. Save it again where it was made, and add it anew.',
    Reason.FULL: 'There is no room for it: the knowledge of a project has at most 20,000 passages. Delete what answers '
    'nothing.',
    Reason.WORDLESS: 'There is nothing in it to find it by: no words but such as “the” and “and”.',
    Reason.KIND: 'Files of this kind can’t be read. Add it as .pdf, .docx, .txt, .md, .csv or .html.',
}
"""A sentence to each reason, or two: about the file, which is named beside it."""


def sentence(reason: str) -> str:
    """What people read about a source that failed for this reason, '' for one that has none."""
    return SENTENCES.get(reason, 'It could not be read.') if reason else ''
